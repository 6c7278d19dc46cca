package dev.xcs.model;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the hypervisor says of one domain (XEN_DOMCTL_getdomaininfo).
 *
 * @param handle the domain's UUID as Xen holds it
 * @param hvm whether it runs in an HVM container (PVH and HVM; Xen does not tell them apart here)
 * @param shutdownReason set once it has shut down
 * @param memoryKib populated memory
 * @param maxMemoryKib the limit on populated memory
 * @param cpuNanos cpu time used, over all vcpus
 */
public record DomainInfo(
        int domid,
        UUID handle,
        boolean hvm,
        boolean dying,
        boolean paused,
        boolean blocked,
        boolean running,
        @Nullable ShutdownReason shutdownReason,
        long memoryKib,
        long maxMemoryKib,
        long cpuNanos,
        int onlineVcpus) {}
