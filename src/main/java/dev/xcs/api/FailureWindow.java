package dev.xcs.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Counts failures of the last seconds, so that guessing is slowed down while the right secret always passes. */
final class FailureWindow {
    static final Duration LENGTH = Duration.ofSeconds(10);
    static final int ALLOWED = 30;

    private final InstantSource clock;
    private Instant start;
    private int failures;

    FailureWindow(InstantSource clock) {
        this.clock = clock;
        this.start = clock.instant();
    }

    /** Counts one more; true when there were too many. */
    boolean exceeded() {
        Instant now = clock.instant();
        if (now.isAfter(start.plus(LENGTH))) {
            start = now;
            failures = 0;
        }
        failures++;
        return failures > ALLOWED;
    }
}
