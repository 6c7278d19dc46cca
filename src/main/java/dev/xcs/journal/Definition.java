package dev.xcs.journal;

import dev.xcs.model.DomainSpec;
import dev.xcs.model.ShutdownReason;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has to be remembered of a domain that xcsd made.
 *
 * @param phase how far it is
 * @param domid Xen's number of its latest boot, -1 before the first; only a hint, since Xen reuses it
 * @param boots how many times it was booted
 * @param ended why its latest boot ended, where there is no newer one yet
 * @param restarts when it was lately booted again because it had ended by itself, oldest first
 */
public record Definition(
        DomainSpec spec,
        Phase phase,
        int domid,
        int boots,
        @Nullable ShutdownReason ended,
        List<Instant> restarts) {
    public Definition {
        // Definitions of an earlier version do not say.
        restarts = restarts == null ? List.of() : List.copyOf(restarts);
    }

    /** Written before the step it names, so that whoever reads it after a crash knows what to undo or to redo. */
    public enum Phase {
        /** Its first boot is being made: undo it. */
        CREATING,
        /** It was booted completely. */
        ACTIVE,
        /** Its old boot is being replaced by a new one: do it again. */
        RESTARTING,
        /** Its old boot is gone and there is no new one: wait for an operator. */
        STOPPED
    }

    /** A domain that nothing exists of yet. */
    public static Definition creating(DomainSpec spec) {
        return new Definition(spec, Phase.CREATING, -1, 0, null, List.of());
    }

    /** Whether it is still wanted when the host has gone down and come up again, with no boot of it left. */
    boolean outlivesTheHost() {
        return phase == Phase.RESTARTING || phase == Phase.STOPPED;
    }

    public UUID uuid() {
        return spec.uuid();
    }

    public Definition withSpec(DomainSpec newSpec) {
        return new Definition(newSpec, phase, domid, boots, ended, restarts);
    }

    public Definition booted(int newDomid) {
        return new Definition(spec, Phase.ACTIVE, newDomid, boots + 1, null, restarts);
    }

    public Definition restarting(@Nullable ShutdownReason why) {
        return new Definition(spec, Phase.RESTARTING, domid, boots, why, restarts);
    }

    public Definition stopped() {
        return new Definition(spec, Phase.STOPPED, -1, boots, ended, restarts);
    }

    public Definition restarted(List<Instant> when) {
        return new Definition(spec, phase, domid, boots, ended, when);
    }
}
