package dev.xcs.model;

import java.util.List;

/**
 * The host as the hypervisor sees it.
 *
 * @param simulated whether this is the simulated host and not a real Xen
 * @param dom0 what the control domain runs
 * @param xenVersion for example {@code 4.17.7}
 * @param capabilities Xen's capability string, in parts: {@code xen-3.0-x86_64 hvm-3.0-x86_32 ...}
 * @param pv whether PV guests can run
 * @param hvm whether HVM and PVH guests can run
 * @param hap whether the processor translates the addresses of HVM and PVH guests itself
 * @param freeMemoryKib free memory, including what is still being scrubbed
 */
public record HostInfo(
        boolean simulated,
        Dom0System dom0,
        String xenVersion,
        List<String> capabilities,
        boolean pv,
        boolean hvm,
        boolean hap,
        int cpus,
        int cpuKhz,
        int numaNodes,
        long totalMemoryKib,
        long freeMemoryKib) {
    public HostInfo {
        capabilities = List.copyOf(capabilities);
    }
}
