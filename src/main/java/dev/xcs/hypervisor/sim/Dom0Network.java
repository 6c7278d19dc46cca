package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.Guard;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.LeaseServer;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.hypervisor.sim.net.Router;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifPort;
import dev.xcs.model.VifStatistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The network of the simulated dom0: its interfaces with an address on {@value #BRIDGE} and on {@value #UPLINK}, what guards them, and
 * what was made for networks. Thread-safe; what it calls out to under its lock never blocks and never waits for that lock elsewhere.
 */
final class Dom0Network {
    static final String BRIDGE = "xenbr0";
    static final String UPLINK = "eth0";
    static final HostAddress BRIDGE_ADDRESS = new HostAddress(IpAddress.parse("10.77.0.1"), 24);
    static final HostAddress UPLINK_ADDRESS = new HostAddress(IpAddress.parse("192.0.2.2"), OutsideHost.PREFIX);

    /** What every back-end's interface has, so that no bridge takes the address of one (vif-common.sh). */
    private static final HardwareAddress VIF_MAC = new HardwareAddress(0xfeff_ffff_ffffL);

    private static final HardwareAddress BRIDGE_MAC = new HardwareAddress(0x0216_3e00_0001L);
    private static final HardwareAddress UPLINK_MAC = new HardwareAddress(0x5254_0000_0002L);

    private final Map<String, Link> links = new LinkedHashMap<>();
    private final Map<String, Guard> guards = new TreeMap<>();
    private final Map<String, HostNetwork> made = new TreeMap<>();
    private final Map<Link, Integer> vlans = new HashMap<>();
    private final Router router = new Router();
    private final IpHost host = new IpHost(router);
    private final LeaseServer leases = new LeaseServer(host);
    private final OutsideHost outside = new OutsideHost(this, this::fromOutside);
    private int lastIndex;

    Dom0Network() {
        router.host(host);
        addLoopback();
        Link uplink = add(new Link(++lastIndex, UPLINK, UPLINK_MAC, outside::receive));
        addOwn(uplink, UPLINK_ADDRESS);
        host.route(new Subnet(Addresses.ANY_V4, 0), IpAddress.parse(OutsideHost.ADDRESS), uplink);
        addOwn(add(Link.bridge(++lastIndex, BRIDGE, BRIDGE_MAC, host)), BRIDGE_ADDRESS);
    }

    private void addLoopback() {
        Link loopback = add(new Link(++lastIndex, "lo", HardwareAddress.ZERO, frame -> {}));
        loopback.mtu(65536);
        loopback.up(true);
    }

    private Link add(Link link) {
        links.put(link.name(), link);
        link.guard(guards.get(link.name()));
        return link;
    }

    private void addOwn(Link link, HostAddress address) {
        link.up(true);
        host.add(link);
        host.add(link, address);
    }

    /** What the back-end calls its interface. */
    static String vifName(int domid, int index) {
        return "vif" + domid + "." + index;
    }

    OutsideHost outside() {
        return outside;
    }

    /** Whether the back-end's interface is there, and is called so still. */
    synchronized boolean hasVif(int domid, int index) {
        return links.containsKey(vifName(domid, index));
    }

    /**
     * The back-end makes its interface, which is down.
     *
     * @param wire takes what goes to the guest; it must not block
     */
    synchronized Link addVif(int domid, int index, Consumer<byte[]> wire) {
        return add(new Link(++lastIndex, vifName(domid, index), VIF_MAC, wire));
    }

    /** The back-end takes its interface back. */
    synchronized void removeVif(Link link) {
        drop(link);
    }

    private void drop(Link link) {
        links.values().remove(link);
        vlans.remove(link);
        link.up(false);
        link.releasePorts();
        link.master(null, Frame.UNTAGGED);
        host.remove(link);
    }

    /** A guest has sent a frame. */
    synchronized void arrive(Link link, byte[] frame) {
        link.arrive(frame, host);
    }

    /** A guest has sent what is no frame. */
    synchronized void arriveBroken(Link link) {
        link.broken();
    }

    /** A guest did not take a frame. */
    synchronized void refused(Link link, int bytes) {
        link.refused(bytes);
    }

    private void fromOutside(byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        Link uplink = links.get(UPLINK);
        if (frame == null || uplink == null) {
            return;
        }
        for (Map.Entry<Link, Integer> vlan : vlans.entrySet()) {
            if (vlan.getValue() == frame.vlan()) {
                vlan.getKey().arrive(frame.withVlan(Frame.UNTAGGED).encode(), host);
                return;
            }
        }
        uplink.arrive(bytes, host);
    }

    synchronized List<HostLink> list() {
        return links.values().stream().map(this::print).toList();
    }

    private HostLink print(Link link) {
        String mac = link.mac().equals(HardwareAddress.ZERO) ? null : link.mac().toString();
        Link master = link.master();
        return new HostLink(
                link.name(),
                link.index(),
                mac,
                link.isUp(),
                link.mtu(),
                master == null ? null : master.name(),
                link.isBridge(),
                networkOf(link),
                host.addresses(link).stream().map(HostAddress::ip).toList());
    }

    private @Nullable String networkOf(Link link) {
        return made.values().stream()
                .filter(network -> link.name().equals(network.bridge())
                        || (vlans.containsKey(link) && link.name().equals(vlanName(network))))
                .map(HostNetwork::name)
                .findFirst()
                .orElse(null);
    }

    private static String vlanName(HostNetwork network) {
        return network.uplink() + "." + network.vlan();
    }

    private Link find(String call, String name) {
        Link link = links.get(name);
        if (link == null) {
            throw XenErrno.ENODEV.of(call, name, "dom0 has no interface of this name");
        }
        return link;
    }

    private Link findBridge(String call, String name) {
        Link link = find(call, name);
        if (!link.isBridge()) {
            throw XenErrno.EOPNOTSUPP.of(call, name, "it is no bridge");
        }
        return link;
    }

    synchronized void connect(VifPort port) {
        Link link = links.values().stream()
                .filter(known -> known.device().equals(port.device()))
                .findFirst()
                .orElseGet(() -> find("RTM_NEWLINK", port.device()));
        Link bridge = port.bridge() == null ? null : findBridge("RTM_NEWLINK", port.bridge());
        Link named = links.get(port.name());
        if (named != null && named != link) {
            throw XenErrno.EEXIST.of("RTM_NEWLINK", port.name(), "another interface has this name");
        }
        guard(port);
        rename(link, port.name());
        link.mtu(port.mtu());
        link.mac(VIF_MAC);
        Integer vlan = port.vlan();
        link.master(bridge, vlan == null ? Frame.UNTAGGED : vlan);
        route(link, bridge == null ? port.routes() : List.of());
        link.up(true);
    }

    private void guard(VifPort port) {
        Guard known = guards.get(port.name());
        if (known == null) {
            guards.put(port.name(), new Guard(port.guard()));
        } else {
            known.replace(port.guard());
        }
    }

    private void rename(Link link, String name) {
        links.values().remove(link);
        link.rename(name);
        add(link);
    }

    private void route(Link link, List<IpAddress> addresses) {
        link.routed(!addresses.isEmpty());
        link.proxy(!addresses.isEmpty());
        host.remove(link);
        if (!addresses.isEmpty()) {
            host.add(link);
            addresses.forEach(address -> host.route(Subnet.host(address), null, link));
        }
    }

    synchronized void disconnect(String name) {
        Link link = links.get(name);
        if (guards.remove(name) != null && link != null) {
            // Never a moment without a guard on a network.
            link.up(false);
            link.master(null, Frame.UNTAGGED);
            link.guard(null);
            route(link, List.of());
        }
    }

    synchronized void make(HostNetwork network) {
        HostNetwork before = made.get(network.name());
        Link uplink = network.uplink() == null ? null : find("RTM_NEWLINK", network.uplink());
        check(network, uplink);
        if (before != null && !before.equals(network)) {
            unmake(before, network.bridge());
        }
        Link bridge = network.bridge() == null ? null : makeBridge(network, network.bridge());
        if (uplink != null && bridge != null && network.masquerade() == null) {
            plug(network, uplink, bridge);
        }
        if (uplink != null && network.routed()) {
            uplink.proxy(true);
        }
        made.put(network.name(), network);
        router.put(network);
        leases.renew(network);
    }

    private void check(HostNetwork network, @Nullable Link uplink) {
        String name = network.bridge();
        Link link = name == null ? null : links.get(name);
        if (link != null && !network.name().equals(networkOf(link))) {
            throw XenErrno.EEXIST.of("RTM_NEWLINK", link.name(), "an interface of this name was not made for it");
        }
        if (uplink != null && network.vlan() != null && uplink.isBridge()) {
            throw XenErrno.EOPNOTSUPP.of("RTM_NEWLINK", uplink.name(), "the simulated host has no VLANs on bridges");
        }
    }

    private Link makeBridge(HostNetwork network, String name) {
        HardwareAddress mac = HardwareAddress.of(network.mac());
        Link known = links.get(name);
        Link bridge = known == null ? add(Link.bridge(++lastIndex, name, mac, host)) : known;
        bridge.mac(mac);
        bridge.mtu(network.mtu());
        bridge.up(true);
        host.add(bridge);
        if (network.address() != null) {
            host.add(bridge, new HostAddress(network.address(), network.prefix()));
        }
        return bridge;
    }

    private void plug(HostNetwork network, Link uplink, Link bridge) {
        Integer vlan = network.vlan();
        if (vlan == null || network.openVswitch()) {
            uplink.up(true);
            uplink.master(bridge, Frame.UNTAGGED);
            return;
        }
        String name = vlanName(network);
        Link known = links.get(name);
        Link tagged = known == null ? add(tagging(uplink, vlan, name)) : known;
        vlans.put(tagged, vlan);
        tagged.mtu(network.mtu());
        tagged.up(true);
        tagged.master(bridge, Frame.UNTAGGED);
    }

    private Link tagging(Link uplink, int vlan, String name) {
        return new Link(++lastIndex, name, uplink.mac(), bytes -> {
            Frame frame = Frame.parse(bytes);
            if (frame != null) {
                uplink.transmit(frame.withVlan(vlan).encode());
            }
        });
    }

    synchronized void remove(String name) {
        HostNetwork network = made.get(name);
        if (network != null) {
            unmake(network, null);
            leases.end(name);
        }
    }

    /** @param kept the bridge that stays; null for none */
    private void unmake(HostNetwork network, @Nullable String kept) {
        Link uplink = network.uplink() == null ? null : links.get(network.uplink());
        Link bridge = network.bridge() == null ? null : links.get(network.bridge());
        Link tagged = links.get(vlanName(network));
        if (tagged != null && vlans.containsKey(tagged)) {
            drop(tagged);
        }
        if (uplink != null && bridge != null && bridge.equals(uplink.master())) {
            uplink.master(null, Frame.UNTAGGED);
        }
        made.remove(network.name());
        router.remove(network);
        if (uplink != null) {
            uplink.proxy(made.values().stream()
                    .anyMatch(other -> other.routed() && uplink.name().equals(other.uplink())));
        }
        if (bridge != null && !bridge.name().equals(kept)) {
            drop(bridge);
        } else if (bridge != null && network.address() != null) {
            host.remove(bridge, new HostAddress(network.address(), network.prefix()));
        }
    }

    synchronized Set<String> made() {
        return new TreeSet<>(made.keySet());
    }

    synchronized Set<String> guarded() {
        return new TreeSet<>(guards.keySet());
    }

    synchronized Map<String, VifStatistics> statistics(Set<String> names) {
        Map<String, VifStatistics> statistics = new TreeMap<>();
        for (String name : names) {
            Link link = links.get(name);
            if (link != null) {
                statistics.put(name, link.statistics());
            }
        }
        return statistics;
    }

    synchronized void serve(String name, List<Lease> answered) {
        HostNetwork network = made.get(name);
        if (network == null) {
            throw XenErrno.ENODEV.of("serve", name, "nothing was made for a network of this name");
        }
        leases.serve(network, answered);
    }
}
