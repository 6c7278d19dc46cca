package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Op;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides what goes wrong in the simulated xenstored. Asked once for each request, on any thread; must not block. */
@FunctionalInterface
public interface StoreFaults {
    StoreFaults NONE = (domid, op, path) -> Trouble.NONE;

    /**
     * @param domid who asks
     * @param path the first argument as it was sent; empty where the operation has none
     */
    Trouble of(int domid, Op op, String path);

    /**
     * What befalls one request.
     *
     * @param delay how long the whole store stands still first, as the real one has a single thread; not for in-process guests
     * @param errno the answer instead of the real one, or null
     */
    record Trouble(Duration delay, @Nullable Errno errno) {
        public static final Trouble NONE = new Trouble(Duration.ZERO, null);

        public static Trouble slow(Duration delay) {
            return new Trouble(delay, null);
        }

        public static Trouble refuse(Errno errno) {
            return new Trouble(Duration.ZERO, errno);
        }
    }
}
