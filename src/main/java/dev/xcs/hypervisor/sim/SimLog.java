package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.HypervisorLog;

/** The simulated hypervisor's log: a ring of whole text in memory. Thread-safe. */
final class SimLog implements HypervisorLog {
    /** Xen's default conring_size. */
    private static final int RING_CHARS = 16 * 1024;

    private static final int CHUNK_CHARS = 4 * 1024;

    private final StringBuilder ring = new StringBuilder();
    private long first;

    /** Appends one line, with the prefix that Xen gives it. */
    synchronized void line(String text) {
        ring.append("(XEN) ").append(text).append('\n');
        int surplus = ring.length() - RING_CHARS;
        if (surplus > 0) {
            ring.delete(0, surplus);
            first += surplus;
        }
    }

    @Override
    public synchronized Chunk read(long index) {
        long end = first + ring.length();
        long from = index > first && index <= end ? index : first;
        int start = (int) (from - first);
        int length = Math.min(CHUNK_CHARS, ring.length() - start);
        return new Chunk(ring.substring(start, start + length), from + length);
    }
}
