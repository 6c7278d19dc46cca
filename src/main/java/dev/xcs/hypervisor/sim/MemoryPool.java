package dev.xcs.hypervisor.sim;

/** The host's memory, in KiB. Thread-safe. */
final class MemoryPool {
    /** What Xen keeps for itself. */
    static final long XEN_KIB = 128 * 1024;

    private final long totalKib;
    private long freeKib;

    MemoryPool(long totalKib, long dom0Kib) {
        this.totalKib = totalKib;
        this.freeKib = totalKib - dom0Kib - XEN_KIB;
    }

    long totalKib() {
        return totalKib;
    }

    synchronized long freeKib() {
        return freeKib;
    }

    /** Takes this much, or nothing when there is not enough. */
    synchronized boolean take(long kib) {
        if (kib > freeKib) {
            return false;
        }
        freeKib -= kib;
        return true;
    }

    synchronized void give(long kib) {
        freeKib += kib;
    }
}
