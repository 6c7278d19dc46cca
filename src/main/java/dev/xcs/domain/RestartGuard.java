package dev.xcs.domain;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Keeps one guest from being restarted for ever: at most so many times within any window. */
final class RestartGuard {
    private final int maxRestarts;
    private final Duration window;
    private final InstantSource clock;
    private final Deque<Instant> restarts = new ArrayDeque<>();

    RestartGuard(int maxRestarts, Duration window, InstantSource clock) {
        this.maxRestarts = maxRestarts;
        this.window = window;
        this.clock = clock;
    }

    /** Whether it may be restarted once more now; counts it when it may. */
    boolean mayRestart() {
        Instant now = clock.instant();
        while (!restarts.isEmpty() && !restarts.getFirst().plus(window).isAfter(now)) {
            restarts.removeFirst();
        }
        if (restarts.size() >= maxRestarts) {
            return false;
        }
        restarts.addLast(now);
        return true;
    }

    /** When it was restarted lately, oldest first. */
    List<Instant> restarts() {
        return List.copyOf(restarts);
    }

    /** Goes on from what an earlier run of the daemon has counted. */
    void recall(List<Instant> earlier) {
        restarts.clear();
        restarts.addAll(earlier);
    }

    /** An operator wants it to run: whatever was counted is forgiven. */
    void forgive() {
        restarts.clear();
    }

    @Override
    public String toString() {
        return restarts.size() + " of " + maxRestarts + " restarts within " + window;
    }
}
