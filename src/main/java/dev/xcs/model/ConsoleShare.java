package dev.xcs.model;

import java.time.Instant;
import java.util.UUID;

/**
 * A link that opens one console to whoever has it, for a time.
 *
 * @param domain whose console
 * @param writes whether also to write, when the lease is free or stolen; otherwise only to look
 * @param uses how often it may be used
 * @param used how often it was
 * @param revoked whether it was taken back
 */
public record ConsoleShare(
        String id, UUID domain, boolean writes, int uses, int used, Instant created, Instant expires, boolean revoked) {
    public ConsoleShare usedOnce() {
        return new ConsoleShare(id, domain, writes, uses, used + 1, created, expires, revoked);
    }

    public ConsoleShare takenBack() {
        return new ConsoleShare(id, domain, writes, uses, used, created, expires, true);
    }

    /** Whether those who came by it may stay. */
    public boolean isOpen(Instant now) {
        return !revoked && now.isBefore(expires);
    }
}
