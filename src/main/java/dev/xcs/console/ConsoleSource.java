package dev.xcs.console;

import io.vertx.core.Future;

/** Where a console's bytes come from for one boot, and where typed ones go. */
interface ConsoleSource {
    int domid();

    /** Whether nothing of this boot was attached before. */
    boolean isNewBoot();

    /** Opens it; whatever was done is undone if a step fails. */
    Future<Void> attach();

    /** Whether an attach that failed could not be undone: then {@link #detach} has to try again. */
    boolean isHolding();

    /** The domain runs. */
    void unpaused();

    /** Moves typed bytes on, if there are any; later, if a step is under way. */
    void writeOn();

    /** Takes the last bytes, then gives everything back. Fails only if that cannot be done; then it can be tried again. */
    Future<Void> detach();
}
