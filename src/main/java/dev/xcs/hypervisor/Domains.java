package dev.xcs.hypervisor;

import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.ImageReport;
import dev.xcs.model.ShutdownReason;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Domains as the hypervisor knows them, by domid. */
public interface Domains {
    /** Every domain, dom0 and dying ones included, by ascending domid. */
    List<DomainInfo> list();

    Optional<DomainInfo> find(int domid);

    /** Makes an empty, paused domain and gives its domid. */
    int create(UUID handle, DomainType type, int vcpus);

    /**
     * Sets limits, allocates the event channels of xenstore and console, populates memory and loads the kernel. The caller
     * destroys the domain if this fails.
     */
    BuiltDomain build(BuildRequest request);

    void pause(int domid);

    /** Takes one pause back; quietly does nothing on a domain that runs. */
    void unpause(int domid);

    /** Marks the domain as shut down at once, without asking the guest. */
    void shutdown(int domid, ShutdownReason reason);

    /** Kills it. It stays listed as dying until its last page is unmapped everywhere. */
    void destroy(int domid);

    /** Limits what the domain may populate, in KiB. */
    void limitMemory(int domid, long maxKib);

    /** What a kernel is that only the simulated host has, by its name there; empty on a real one. */
    default Optional<ImageReport> simulatedKernel(String name) {
        return Optional.empty();
    }
}
