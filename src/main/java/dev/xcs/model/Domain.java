package dev.xcs.model;

import java.util.UUID;

/**
 * A domain as it is shown.
 *
 * @param domid Xen's number of this boot of the domain, or -1 between two boots; reused by Xen, so never an identity
 * @param memoryMib memory the domain has now, in MiB
 * @param vcpus virtual cpus that are online
 * @param cpuSeconds cpu time used since this boot, in seconds
 * @param managed whether xcsd made it (or took it over) and decides what happens when it ends
 */
public record Domain(
        UUID uuid,
        String name,
        int domid,
        DomainState state,
        DomainType type,
        long memoryMib,
        int vcpus,
        double cpuSeconds,
        boolean managed) {}
