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

/** The adapter for NetBSD on the simulated host, which answers DHCP itself and has its faults. */
final class NetbsdSimNetworkDevices implements NetworkDevices {
    private final NetworkDevices adapter;
    private final NetbsdDom0 dom0;
    private final Faults faults;

    NetbsdSimNetworkDevices(NetworkDevices adapter, NetbsdDom0 dom0, Faults faults) {
        this.adapter = adapter;
        this.dom0 = dom0;
        this.faults = faults;
    }

    @Override
    public String vifName(int domid, int index) {
        return adapter.vifName(domid, index);
    }

    @Override
    public List<HostLink> links() {
        return adapter.links();
    }

    @Override
    public void connect(VifPort port) {
        if (faults.strikes(Fault.LINK_BUSY)) {
            throw XenErrno.EBUSY.of("brconfig", port.device(), "a fault of the simulated host");
        }
        if (faults.strikes(Fault.LINK_GONE)) {
            throw XenErrno.ENODEV.of("ifconfig", port.device(), "a fault of the simulated host");
        }
        adapter.connect(port);
    }

    @Override
    public void disconnect(String name) {
        adapter.disconnect(name);
    }

    @Override
    public void make(HostNetwork network) {
        adapter.make(network);
        dom0.made(network);
    }

    @Override
    public void remove(String name) {
        adapter.remove(name);
        dom0.removed(name);
    }

    @Override
    public Set<String> made() {
        return adapter.made();
    }

    @Override
    public Set<String> guarded() {
        return adapter.guarded();
    }

    @Override
    public Map<String, VifStatistics> statistics(Set<String> names) {
        return adapter.statistics(names);
    }

    @Override
    public void serve(String network, List<Lease> leases) {
        dom0.serve(network, leases);
    }
}
