package dev.xcs.domain;

import dev.xcs.model.DomainSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ShutdownReason;

/** What the definition wants when its guest has ended. */
final class EndPolicy {
    private EndPolicy() {}

    /**
     * A watchdog ends what hangs, so it counts as a crash. A guest that wants to be suspended or soft-reset asks for what xcsd
     * cannot do: it is preserved, since anything else would lose its state.
     */
    static OnEnd decide(DomainSpec spec, ShutdownReason reason) {
        return switch (reason) {
            case POWEROFF -> spec.onPoweroff();
            case REBOOT -> spec.onReboot();
            case CRASH, WATCHDOG -> spec.onCrash();
            case SUSPEND, SOFT_RESET -> OnEnd.PRESERVE;
        };
    }
}
