package dev.xcs.hypervisor.xen;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what has been opened, so that a start that fails half-way gives everything back as an orderly end does: last first. */
final class OpenHandles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenHandles.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T add(T handle) {
        opened.push(handle);
        return handle;
    }

    @SuppressWarnings("try")
    synchronized void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("a handle cannot be closed", e);
            }
        }
    }
}
