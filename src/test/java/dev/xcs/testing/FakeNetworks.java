package dev.xcs.testing;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Lease;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;

/** Notes what was connected, made and served; every name it is asked for has let one byte through. */
public final class FakeNetworks implements NetworkDevices {
    public static final HostLink UPLINK =
            new HostLink("eth0", 2, "52:54:00:12:34:56", true, 1500, null, false, null, List.of());

    public final Map<String, VifPort> connected = new ConcurrentHashMap<>();
    public final Map<String, List<Lease>> served = new ConcurrentHashMap<>();
    private final Set<String> made = new ConcurrentSkipListSet<>();
    private final FakeHypervisor hypervisor;

    FakeNetworks(FakeHypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public String vifName(int domid, int index) {
        hypervisor.called("vifName");
        return "vif" + domid + "." + index;
    }

    @Override
    public List<HostLink> links() {
        hypervisor.called("links");
        return List.of(UPLINK);
    }

    @Override
    public void connect(VifPort port) {
        hypervisor.called("connect");
        connected.put(port.name(), port);
    }

    @Override
    public void disconnect(String name) {
        hypervisor.called("disconnect");
        connected.remove(name);
    }

    @Override
    public void make(HostNetwork network) {
        hypervisor.called("make");
        made.add(network.name());
    }

    @Override
    public void remove(String name) {
        hypervisor.called("remove");
        made.remove(name);
    }

    @Override
    public Set<String> made() {
        hypervisor.called("made");
        return Set.copyOf(made);
    }

    @Override
    public Set<String> guarded() {
        hypervisor.called("guarded");
        return Set.copyOf(connected.keySet());
    }

    @Override
    public Map<String, VifStatistics> statistics(Set<String> names) {
        hypervisor.called("statistics");
        VifStatistics one = new VifStatistics(1, 0, 0, 0, 0, 0, 0, 0, 0);
        return names.stream().collect(Collectors.toMap(name -> name, name -> one));
    }

    @Override
    public void serve(String network, List<Lease> leases) {
        hypervisor.called("serve");
        served.put(network, leases);
    }
}
