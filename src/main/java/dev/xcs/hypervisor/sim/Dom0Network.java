package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.hypervisor.sim.net.Router;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The network of the simulated dom0 with Linux: its interfaces with an address on {@value #BRIDGE} and on {@value #UPLINK}, what guards them, and
 * what was made for networks. Thread-safe; what it calls out to under its lock never blocks and never waits for that lock elsewhere.
 */
final class Dom0Network implements BackendNetwork {
    static final String BRIDGE = "xenbr0";
    static final String UPLINK = "eth0";

    private static final HostAddress BRIDGE_ADDRESS = new HostAddress(IpAddress.parse("10.77.0.1"), 24);
    private static final HostAddress UPLINK_ADDRESS = new HostAddress(IpAddress.parse("192.0.2.2"), OutsideHost.PREFIX);
    private static final HardwareAddress UPLINK_MAC = new HardwareAddress(0x5254_0000_0002L);
    private static final int LOOPBACK_MTU = 65536;

    private final Router router = new Router();
    private final IpHost host = new IpHost(router);
    private final LinkTable links = new LinkTable(host);
    private final ConnectedVifs vifs = new ConnectedVifs(links);
    private final MadeNetworks networks = new MadeNetworks(links, router);
    private final OutsideHost outside = new OutsideHost(this, this::fromOutside);

    Dom0Network() {
        router.host(host);
        Link loopback = links.addWire("lo", HardwareAddress.ZERO, frame -> {});
        loopback.mtu(LOOPBACK_MTU);
        loopback.up(true);
        Link uplink = links.addWire(UPLINK, UPLINK_MAC, outside::receive);
        uplink.up(true);
        host.add(uplink);
        host.linkLocal(uplink, true);
        host.add(uplink, UPLINK_ADDRESS);
        host.route(new Subnet(Addresses.ANY_V4, 0), IpAddress.parse(OutsideHost.ADDRESS), uplink);
        addBridge(BRIDGE);
        host.add(links.require(BRIDGE), BRIDGE_ADDRESS);
    }

    /** What the back-end calls its interface. */
    static String vifName(int domid, int index) {
        return "vif" + domid + "." + index;
    }

    @Override
    public OutsideHost outside() {
        return outside;
    }

    @Override
    public synchronized void addBridge(String name) {
        Link bridge = links.addBridge(name, HardwareAddress.of(MacAddress.ofName(name)));
        host.linkLocal(bridge, true);
    }

    @Override
    public synchronized boolean hasVif(int domid, int index) {
        return links.find(vifName(domid, index)).isPresent();
    }

    @Override
    public synchronized Link addVif(int domid, int index, Consumer<byte[]> wire) {
        return links.addWire(vifName(domid, index), ConnectedVifs.MAC, wire);
    }

    @Override
    public synchronized void removeVif(Link link) {
        links.remove(link);
    }

    @Override
    public synchronized void arrive(Link link, byte[] frame) {
        link.arrive(frame, host);
    }

    @Override
    public synchronized void arriveBroken(Link link) {
        link.broken();
    }

    @Override
    public synchronized void refused(Link link, int bytes) {
        link.refused(bytes);
    }

    @Override
    public void connectForeign(int domid, int index, String bridge) {
        String name = vifName(domid, index);
        VifGuard none = new VifGuard(null, List.of(), true, true, false);
        connect(new VifPort(name, name, 1500, bridge, false, null, List.of(), null, none));
    }

    @Override
    public NetworkDevices devices(Faults faults) {
        return new SimNetworkDevices(this, faults);
    }

    private void fromOutside(byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        Link vlan = frame == null || frame.vlan() == Frame.UNTAGGED
                ? null
                : networks.vlan(frame.vlan()).orElse(null);
        if (frame != null && vlan != null) {
            vlan.arrive(frame.withVlan(Frame.UNTAGGED).encode(), host);
        } else {
            links.find(UPLINK).ifPresent(uplink -> uplink.arrive(bytes, host));
        }
    }

    synchronized List<HostLink> list() {
        return links.all().stream().map(this::print).toList();
    }

    private HostLink print(Link link) {
        Link master = link.master();
        return new HostLink(
                link.name(),
                link.index(),
                link.mac().equals(HardwareAddress.ZERO) ? null : link.mac().toString(),
                link.isUp(),
                link.mtu(),
                master == null ? null : master.name(),
                link.isBridge(),
                networks.networkOf(link),
                host.addresses(link).stream().map(HostAddress::ip).toList());
    }

    synchronized void connect(VifPort port) {
        vifs.connect(port);
    }

    synchronized void disconnect(String name) {
        vifs.disconnect(name);
    }

    synchronized void make(HostNetwork network) {
        networks.make(network);
    }

    synchronized void remove(String name) {
        networks.remove(name);
    }

    synchronized Set<String> made() {
        return networks.names();
    }

    synchronized Set<String> guarded() {
        return vifs.guarded();
    }

    synchronized Map<String, VifStatistics> statistics(Set<String> names) {
        Map<String, VifStatistics> statistics = new TreeMap<>();
        names.forEach(name -> links.find(name).ifPresent(link -> statistics.put(name, link.statistics())));
        return statistics;
    }

    synchronized void serve(String name, List<Lease> leases) {
        networks.serve(name, leases);
    }
}
