package dev.xcs.console;

import dev.xcs.model.ConsoleLease;
import dev.xcs.model.ConsoleWatcher;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The right to write to one console: at most one viewer has it, until it gives it back, goes, is robbed of it or types nothing for too long. */
final class WriteLease {
    private final Duration idle;
    private @Nullable ConsoleWatcher holder;
    private Instant lastUsed = Instant.EPOCH;

    WriteLease(Duration idle) {
        this.idle = idle;
    }

    /**
     * Gives it to a viewer.
     *
     * @return why it has changed; null when the viewer has it already
     * @throws dev.xcs.model.ProblemException when another has it, or when the viewer may not write
     */
    @Nullable
    String take(ConsoleWatcher viewer, boolean steal, Instant now) {
        if (!viewer.writes()) {
            throw Problem.of(ProblemType.FORBIDDEN, viewer.name() + " may only look at this console")
                    .toException();
        }
        ConsoleWatcher before = holder;
        if (before != null && before.id().equals(viewer.id())) {
            lastUsed = now;
            return null;
        }
        if (before != null && !steal) {
            throw needed(viewer).toException();
        }
        holder = viewer;
        lastUsed = now;
        return before == null ? "granted" : "stolen";
    }

    /** Whether it was this viewer's. */
    boolean release(String viewer) {
        if (!isHeldBy(viewer)) {
            return false;
        }
        holder = null;
        return true;
    }

    boolean isHeldBy(String viewer) {
        return holder != null && holder.id().equals(viewer);
    }

    /** The viewer types: refused when it may not. */
    void use(ConsoleWatcher viewer, Instant now) {
        if (!isHeldBy(viewer.id())) {
            throw needed(viewer).toException();
        }
        lastUsed = now;
    }

    /** Takes it back when it has not been used for too long; whether it was. */
    boolean expire(Instant now) {
        boolean over = holder != null && !lastUsed.plus(idle).isAfter(now);
        if (over) {
            holder = null;
        }
        return over;
    }

    private Problem needed(ConsoleWatcher viewer) {
        ConsoleWatcher now = holder;
        String who = now == null ? "nobody has it: ask for it" : Problem.quote(now.name()) + " has it";
        return Problem.of(
                ProblemType.CONSOLE_LEASE_NEEDED,
                Problem.quote(viewer.name()) + " does not hold the write lease of this console; " + who);
    }

    ConsoleLease shown() {
        ConsoleWatcher now = holder;
        return now == null
                ? new ConsoleLease(null, null, null, idle.toSeconds())
                : new ConsoleLease(now.id(), now.name(), lastUsed.plus(idle), idle.toSeconds());
    }
}
