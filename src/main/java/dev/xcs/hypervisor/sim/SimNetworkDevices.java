package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Lease;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The network interfaces of the simulated dom0, as one process uses them: what it makes stays when it ends. */
final class SimNetworkDevices implements NetworkDevices {
    private final Dom0Network network;
    private final Faults faults;

    SimNetworkDevices(Dom0Network network, Faults faults) {
        this.network = network;
        this.faults = faults;
    }

    @Override
    public String vifName(int domid, int index) {
        return Dom0Network.vifName(domid, index);
    }

    @Override
    public List<HostLink> links() {
        return network.list();
    }

    @Override
    public void connect(VifPort port) {
        if (faults.strikes(Fault.LINK_BUSY)) {
            throw XenErrno.EBUSY.of("RTM_NEWLINK", port.device(), "a fault of the simulated host");
        }
        if (faults.strikes(Fault.LINK_GONE)) {
            throw XenErrno.ENODEV.of("RTM_NEWLINK", port.device(), "a fault of the simulated host");
        }
        network.connect(port);
    }

    @Override
    public void disconnect(String name) {
        network.disconnect(name);
    }

    @Override
    public void make(HostNetwork wanted) {
        network.make(wanted);
    }

    @Override
    public void remove(String name) {
        network.remove(name);
    }

    @Override
    public Set<String> made() {
        return network.made();
    }

    @Override
    public Set<String> guarded() {
        return network.guarded();
    }

    @Override
    public Map<String, VifStatistics> statistics(Set<String> names) {
        return network.statistics(names);
    }

    @Override
    public void serve(String name, List<Lease> leases) {
        network.serve(name, leases);
    }
}
