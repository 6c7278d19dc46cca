package dev.xcs.domain;

import dev.xcs.model.DomainSpec;
import dev.xcs.xenstore.Change;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What a boot asks of a back-end for its devices. A domain without such devices asks it nothing on its way to its boot. */
interface BootClient {
    /** The step of a creation that this is, as problems name it. */
    String step();

    /** All of them are ready to be placed, or none. Gives what was decided about them on the way. */
    Future<UnaryOperator<DomainSpec>> prepare(DomainSpec spec);

    /** The nodes of what is prepared, for the one transaction. */
    Future<List<Change>> place(DomainSpec spec, int domid);

    /** The nodes are written; done when the guest may run. */
    Future<Void> take(DomainSpec spec);

    /** Whether it can be taken only once all others are, and has to end before them: it uses what they make. */
    default boolean usesOthers() {
        return false;
    }

    /** The boot is dead and its nodes are there: what has to see them is done. Also of a domain that got its devices only later. */
    Future<Void> end(UUID uuid, int domid);

    /** When nobody maps the boot's memory any more, or it never came to be. */
    Future<Void> release(UUID uuid);
}
