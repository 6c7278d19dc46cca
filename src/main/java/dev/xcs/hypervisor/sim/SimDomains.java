package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Domains;
import dev.xcs.hypervisor.sim.guest.SimKernel;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.ImageReport;
import dev.xcs.model.ShutdownReason;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The port's calls on domains, each straight to the machine. */
final class SimDomains implements Domains {
    private final SimMachine machine;

    SimDomains(SimMachine machine) {
        this.machine = machine;
    }

    @Override
    public List<DomainInfo> list() {
        return machine.list();
    }

    @Override
    public Optional<DomainInfo> find(int domid) {
        return machine.find(domid);
    }

    @Override
    public int create(UUID handle, DomainType type, int vcpus) {
        return machine.create(handle, type, vcpus);
    }

    @Override
    public BuiltDomain build(BuildRequest request) {
        return machine.build(request);
    }

    @Override
    public void pause(int domid) {
        machine.pause(domid);
    }

    @Override
    public void unpause(int domid) {
        machine.unpause(domid);
    }

    @Override
    public void shutdown(int domid, ShutdownReason reason) {
        machine.shutdown(domid, reason);
    }

    @Override
    public void destroy(int domid) {
        machine.destroy(domid);
    }

    @Override
    public void limitMemory(int domid, long maxKib) {
        machine.limitMemory(domid, maxKib);
    }

    @Override
    public Optional<ImageReport> simulatedKernel(String name) {
        return Optional.of(ImageReport.simulated(name, SimKernel.named(name).os()));
    }
}
