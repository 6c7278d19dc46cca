package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.LeaseServer;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.hypervisor.sim.net.Router;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.Lease;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was made in the simulated dom0 for networks: bridges, their uplinks, translation, leases. Not thread-safe. */
final class MadeNetworks {
    private final LinkTable links;
    private final IpHost host;
    private final Router router;
    private final LeaseServer leases;
    private final Map<String, HostNetwork> made = new TreeMap<>();
    /** VLANs of uplinks with their tags. */
    private final Map<Link, Integer> vlans = new HashMap<>();

    MadeNetworks(LinkTable links, Router router) {
        this.links = links;
        this.host = links.host();
        this.router = router;
        this.leases = new LeaseServer(host);
    }

    void make(HostNetwork network) {
        HostNetwork before = made.get(network.name());
        Link port = network.uplink() == null ? null : links.require(network.uplink());
        check(network, port);
        if (before != null && !before.equals(network)) {
            unmake(before, network.bridge());
        }
        made.put(network.name(), network);
        if (network.bridge() != null) {
            Link bridge = bridge(network, network.bridge());
            if (port != null && network.masquerade() == null) {
                plug(network, port, bridge);
            }
        }
        router.put(network);
        leases.renew(network);
    }

    private void check(HostNetwork network, @Nullable Link uplink) {
        Optional<Link> bridge = Optional.ofNullable(network.bridge()).flatMap(links::find);
        if (bridge.isPresent() && !network.name().equals(networkOf(bridge.get()))) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "dom0 has an interface " + network.bridge() + " that was not made for the network "
                                    + network.name())
                    .withField("bridge")
                    .toException();
        }
        boolean becomesPort = network.bridge() != null && network.masquerade() == null && network.vlan() == null;
        if (uplink != null
                && becomesPort
                && uplink.master() != null
                && !uplink.master().equals(bridge.orElse(null))) {
            throw Problem.of(ProblemType.CONFLICT, "uplink " + uplink.name() + " is a port of another bridge already")
                    .withField("uplink")
                    .toException();
        }
        if (uplink != null && network.vlan() != null && uplink.isBridge()) {
            throw XenErrno.EOPNOTSUPP.of(LinkTable.CALL, uplink.name(), "the simulated host has no VLANs of bridges");
        }
    }

    private Link bridge(HostNetwork network, String name) {
        HardwareAddress mac = HardwareAddress.of(network.mac());
        Link bridge = links.find(name).orElseGet(() -> links.addBridge(name, mac));
        host.linkLocal(bridge, false);
        bridge.mac(mac);
        bridge.mtu(network.mtu());
        bridge.up(true);
        if (network.address() != null) {
            host.add(bridge, new HostAddress(network.address(), network.prefix()));
        }
        // Guests that have nothing to do with dom0 are not to reach it by an address that nobody gave it.
        boolean own = network.masquerade() == null && network.uplink() != null;
        host.linkLocal(
                bridge, own || (network.address() != null && !network.address().isV4()));
        return bridge;
    }

    private void plug(HostNetwork network, Link uplink, Link bridge) {
        Integer vlan = network.vlan();
        Link port = vlan == null || network.openVswitch() ? uplink : vlan(network, uplink, vlan);
        port.up(true);
        port.master(bridge, Frame.UNTAGGED);
        host.move(port, bridge, null);
    }

    private Link vlan(HostNetwork network, Link uplink, int tag) {
        Link port = links.find(vlanName(network))
                .orElseGet(() -> links.addWire(vlanName(network), uplink.mac(), bytes -> {
                    Frame frame = Frame.parse(bytes);
                    if (frame != null) {
                        uplink.transmit(frame.withVlan(tag).encode());
                    }
                }));
        vlans.put(port, tag);
        port.mtu(network.mtu());
        return port;
    }

    private static String vlanName(HostNetwork network) {
        return network.uplink() + "." + network.vlan();
    }

    void remove(String name) {
        HostNetwork network = made.get(name);
        if (network != null) {
            unmake(network, null);
            leases.end(name);
        }
    }

    /** @param kept the bridge that stays; null for none */
    private void unmake(HostNetwork network, @Nullable String kept) {
        made.remove(network.name());
        router.remove(network);
        Link bridge = Optional.ofNullable(network.bridge()).flatMap(links::find).orElse(null);
        if (bridge == null) {
            return;
        }
        if (network.masquerade() == null && network.uplink() != null) {
            release(network, bridge);
        }
        if (!bridge.name().equals(kept)) {
            links.remove(bridge);
        } else if (network.address() != null) {
            host.remove(bridge, new HostAddress(network.address(), network.prefix()));
        }
    }

    /** Dom0 gets back what it had on the uplink. */
    private void release(HostNetwork network, Link bridge) {
        Link tagged = links.find(vlanName(network)).filter(vlans::containsKey).orElse(null);
        Link port =
                tagged == null ? links.find(String.valueOf(network.uplink())).orElse(null) : tagged;
        if (port != null && bridge.equals(port.master())) {
            port.master(null, Frame.UNTAGGED);
            host.move(bridge, port, network.address());
        }
        if (tagged != null) {
            vlans.remove(tagged);
            links.remove(tagged);
        }
    }

    /** The interface for frames with that tag that come in by an uplink; empty when there is none. */
    Optional<Link> vlan(int tag) {
        return vlans.entrySet().stream()
                .filter(vlan -> vlan.getValue() == tag)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The network that an interface was made for. */
    @Nullable
    String networkOf(Link link) {
        return made.values().stream()
                .filter(network -> link.name().equals(network.bridge())
                        || (vlans.containsKey(link) && link.name().equals(vlanName(network))))
                .map(HostNetwork::name)
                .findFirst()
                .orElse(null);
    }

    Set<String> names() {
        return new TreeSet<>(made.keySet());
    }

    void serve(String name, List<Lease> answered) {
        HostNetwork network = made.get(name);
        if (network != null) {
            leases.serve(network, answered);
        } else if (!answered.isEmpty()) {
            throw XenErrno.ENODEV.of("serve", name, "nothing was made for a network of this name");
        }
    }
}
