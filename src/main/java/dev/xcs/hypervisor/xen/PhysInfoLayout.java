package dev.xcs.hypervisor.xen;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code xc_physinfo_t}, in which the page counts moved once.
 *
 * @param totalPages offset of the first of three adjacent counts: total, free, scrub
 */
record PhysInfoLayout(int totalPages) {
    /** More than any version's sizeof. */
    static final int BUFFER_BYTES = 160;

    private static final int NR_CPUS = 8;
    private static final int NR_NODES = 16;
    private static final int CPU_KHZ = 24;
    private static final int CAPABILITIES = 28;
    private static final int PAGE_KIB = 4;

    static PhysInfoLayout of(XenVersion version) {
        return new PhysInfoLayout(version.atLeast(4, 17) ? 40 : 32);
    }

    PhysInfo read(ByteBuffer answer) {
        ByteBuffer from = answer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int freePages = totalPages + Long.BYTES;
        int scrubPages = freePages + Long.BYTES;
        return new PhysInfo(
                from.getInt(NR_CPUS),
                from.getInt(NR_NODES),
                from.getInt(CPU_KHZ),
                from.getInt(CAPABILITIES),
                from.getLong(totalPages) * PAGE_KIB,
                (from.getLong(freePages) + from.getLong(scrubPages)) * PAGE_KIB);
    }
}
