package dev.xcs.hypervisor.xen;

/**
 * {@code struct xc_dom_image} of libxenguest, as far as it is read or written from outside; no function sets these fields. Since
 * 4.15 the structure has not moved on x86-64; 4.14 embeds the parsed notes and is longer in front.
 *
 * @param allocMalloc what the library counts as allocated
 * @param expectedAllocMalloc that count right after xc_dom_allocate, which tells whether this is the right library
 * @param containerType 0 for PV, 1 for HVM containers; with the fields after it only for PVH
 */
record DomImageLayout(
        int cmdline,
        int guestType,
        int consolePfn,
        int xenstorePfn,
        int pvP2m,
        int p2mSize,
        int totalPages,
        int allocMalloc,
        long expectedAllocMalloc,
        int flags,
        int consoleEvtchn,
        int xenstoreEvtchn,
        int consoleDomid,
        int xenstoreDomid,
        int xch,
        int guestDomid,
        int claimEnabled,
        int xenVersion,
        int xenCaps,
        int containerType,
        int targetPages,
        int mmioStart,
        int mmioSize,
        int lowmemEnd,
        int highmemEnd,
        int vgaHoleSize,
        int deviceModel,
        int systemFirmware,
        int acpiModules,
        int e820,
        int e820Entries,
        int maxVcpus) {
    static final int KERNEL_BLOB = 0;
    static final int KERNEL_SIZE = 8;
    static final int MAX_KERNEL_SIZE = 152;
    static final int MAX_MODULE_SIZE = 160;
    static final int MAX_DEVICETREE_SIZE = 168;

    /** What the three limits above are set to by xc_dom_allocate: XC_DOM_DECOMPRESS_MAX, 1 GiB. */
    static final long DEFAULT_MAX_SIZE = 0x4000_0000L;
    /** What flags is set to by xc_dom_allocate: SIF_VIRT_P2M_4TOOLS. */
    static final long DEFAULT_FLAGS = 0x10;

    /** From 4.15 on everything behind guest_type is this much closer to the front. */
    private static final int SHIFT_4_14 = 624;

    static DomImageLayout of(XenVersion version) {
        if (!version.atLeast(4, 15)) {
            return layout(SHIFT_4_14, 1104, 1128, 1120, 2576);
        }
        return layout(0, 480, 488, 504, version.atLeast(4, 19) ? 2616 : 2584);
    }

    private static DomImageLayout layout(int by, int pvP2m, int p2mSize, int totalPages, long allocMalloc) {
        return new DomImageLayout(
                176,
                208 + by,
                384 + by,
                392 + by,
                pvP2m,
                p2mSize,
                totalPages,
                528 + by,
                allocMalloc,
                560 + by,
                568 + by,
                572 + by,
                576 + by,
                580 + by,
                592 + by,
                600 + by,
                604 + by,
                608 + by,
                612 + by,
                1712 + by,
                1720 + by,
                1728 + by,
                1736 + by,
                1744 + by,
                1752 + by,
                1760 + by,
                1768 + by,
                1776 + by,
                1800 + by,
                1920 + by,
                1928 + by,
                1944 + by);
    }
}
