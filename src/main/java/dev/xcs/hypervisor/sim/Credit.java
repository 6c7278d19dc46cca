package dev.xcs.hypervisor.sim;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How much a guest may send, as netback allots it: so many bytes in each interval, a bounded number of them saved. Not thread-safe. */
final class Credit {
    /** Enough for the longest frame, or a guest with a small rate could never send it (tx_add_credit). */
    private static final long LEAST_BURST = 131_072;

    private @Nullable Rate rate;
    private long left = Long.MAX_VALUE;
    private long windowStart = System.nanoTime();

    /** @param bytes in each interval */
    private record Rate(long bytes, long intervalNanos) {}

    /** As the node {@code rate} has it: {@code BYTES,MICROSECONDS}; what is none, or has no time, is no limit (xen_net_parse_rate). */
    private static @Nullable Rate parse(String text) {
        if (!text.matches("[0-9]{1,10},[0-9]{1,10}")) {
            return null;
        }
        int comma = text.indexOf(',');
        long micros = Long.parseLong(text.substring(comma + 1));
        Rate parsed = new Rate(Long.parseLong(text.substring(0, comma)), TimeUnit.MICROSECONDS.toNanos(micros));
        return micros == 0 ? null : parsed;
    }

    /** Takes the node's value, be it the same. */
    void follow(String text) {
        Rate now = parse(text);
        if (now != null && !now.equals(rate)) {
            left = Math.min(left, now.bytes());
        }
        rate = now;
        left = now == null ? Long.MAX_VALUE : left;
    }

    /** Takes bytes from what is left; gives how many nanoseconds to wait until there may be enough, 0 if they were taken. */
    long spend(int bytes) {
        Rate limit = rate;
        if (limit == null) {
            return 0;
        }
        long now = System.nanoTime();
        if (now - windowStart >= limit.intervalNanos()) {
            windowStart = now;
            left = Math.min(left + limit.bytes(), Math.max(LEAST_BURST, limit.bytes()));
        }
        if (bytes > left) {
            return Math.max(1, windowStart + limit.intervalNanos() - now);
        }
        left -= bytes;
        return 0;
    }
}
