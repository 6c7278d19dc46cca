package dev.xcs.hypervisor.sim.guest;

import java.util.List;

/**
 * What a simulated system can tell about itself.
 *
 * @param memoryKib what it has now
 * @param uptimeSeconds since it booted
 * @param disks the names of those that can be used
 */
record Facts(
        String hostname,
        String domainType,
        long memoryKib,
        int vcpus,
        String cmdline,
        double uptimeSeconds,
        List<String> disks) {}
