package dev.xcs.api;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A bounded number of random secrets that end by themselves; the oldest goes when there are too many. Kept as digests. */
final class Expiring {
    private final InstantSource clock;
    private final Duration lifetime;
    private final Map<ByteBuffer, Instant> ends;

    Expiring(InstantSource clock, Duration lifetime, int capacity) {
        this.clock = clock;
        this.lifetime = lifetime;
        this.ends = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Instant> eldest) {
                return size() > capacity;
            }
        };
    }

    String issue() {
        String secret = Secrets.generate();
        ends.put(key(secret), clock.instant().plus(lifetime));
        return secret;
    }

    /** Accepts a secret and forgets it. */
    boolean redeem(String secret) {
        return isAhead(ends.remove(key(secret)));
    }

    private boolean isAhead(@Nullable Instant end) {
        return end != null && clock.instant().isBefore(end);
    }

    private static ByteBuffer key(String secret) {
        return ByteBuffer.wrap(Secrets.digest(secret));
    }
}
