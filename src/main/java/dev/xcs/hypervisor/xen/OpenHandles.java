package dev.xcs.hypervisor.xen;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what has been opened so far, so that a start that fails half-way gives everything back, last first. */
final class OpenHandles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenHandles.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T handle) {
        opened.push(handle);
        return handle;
    }

    @SuppressWarnings("try")
    void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("a handle cannot be closed", e);
            }
        }
    }
}
