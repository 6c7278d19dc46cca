package dev.xcs.metrics;

import java.time.Duration;

/** Compares when a periodic timer fires with when it should. */
final class LagProbe {
    private final long periodNanos;
    private long lastNanos;

    LagProbe(Duration period, long nowNanos) {
        this.periodNanos = period.toNanos();
        this.lastNanos = nowNanos;
    }

    /** How much longer than the period it took since the last time; not less than nothing. */
    Duration lag(long nowNanos) {
        long late = nowNanos - lastNanos - periodNanos;
        lastNanos = nowNanos;
        return Duration.ofNanos(Math.max(0, late));
    }
}
