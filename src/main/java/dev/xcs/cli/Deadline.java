package dev.xcs.cli;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for something that only the daemon knows, by asking it again and again. */
final class Deadline {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final long end;

    private Deadline(long end) {
        this.end = end;
    }

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return System.nanoTime() - end >= 0;
    }

    /** Returns when the condition holds; fails with exit code 6 and the sentence when it does not in time. */
    void await(BooleanSupplier condition, String sentence) {
        while (!condition.getAsBoolean()) {
            if (isOver()) {
                throw CommandFailure.of(ExitCode.TIMED_OUT, sentence);
            }
            pause(PAUSE);
        }
    }

    /** Lets time go by. */
    static void pause(Duration time) {
        Deadline until = in(time);
        while (!until.isOver() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.max(1, until.end - System.nanoTime()));
        }
    }
}
