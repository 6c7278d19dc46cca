package dev.xcs.hypervisor.xen;

/**
 * What xc_physinfo answers.
 *
 * @param capabilities XEN_SYSCTL_PHYSCAP_ bits
 * @param freeKib free memory, including what is still being scrubbed
 */
record PhysInfo(int cpus, int nodes, int cpuKhz, int capabilities, long totalKib, long freeKib) {
    private static final int HVM = 1;
    private static final int PV = 2;
    private static final int HAP = 8;
    private static final int GNTTAB_V2 = 0x200;

    boolean hvm() {
        return (capabilities & HVM) != 0;
    }

    boolean pv() {
        return (capabilities & PV) != 0;
    }

    /** Whether the processor translates guest addresses itself. */
    boolean hap() {
        return (capabilities & HAP) != 0;
    }

    boolean gnttabV2() {
        return (capabilities & GNTTAB_V2) != 0;
    }
}
