package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Dom0;
import dev.xcs.platform.NetbsdLink;
import dev.xcs.platform.NetbsdLinks;
import dev.xcs.platform.NetbsdNetwork;
import dev.xcs.platform.NpfRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What networks need in dom0: bridges with their members, dom0's own member of them, VLANs, rules, the switch for forwarding. An uplink keeps dom0's
 * addresses when it becomes a member.
 */
final class HostNetworks {
    private static final String VLAN = "vlan";

    private final Commands commands;
    private final PacketFilter filter;
    private final Forwarding forwarding;
    private final Ledger ledger;

    HostNetworks(Commands commands, PacketFilter filter, Forwarding forwarding, Ledger ledger) {
        this.commands = commands;
        this.filter = filter;
        this.forwarding = forwarding;
        this.ledger = ledger;
    }

    Set<String> made() {
        return ledger.names();
    }

    /** The networks that interfaces were made for, by the names of these. */
    Map<String, String> owners() {
        Map<String, String> owners = new TreeMap<>();
        for (String name : ledger.names()) {
            entry(name).ifPresent(entry -> entry.interfaces().forEach(made -> owners.put(made, name)));
        }
        return owners;
    }

    private Optional<NetworkEntry> entry(String name) {
        return ledger.read(name).map(NetworkEntry::parse);
    }

    void make(HostNetwork network) {
        Interfaces now = Interfaces.look(commands);
        NetworkEntry wanted = plan(network, now);
        Optional<NetworkEntry> former = entry(network.name());
        check(network, wanted, former, now);
        former.ifPresent(entry -> dropFormer(entry, wanted, now));
        ledger.write(network.name(), wanted.lines());
        if (wanted.bridge() != null) {
            makeBridge(network, wanted, wanted.bridge());
        }
        putRules(wanted, former);
        forwarding.set(forwards());
        ledger.write(network.name(), wanted.completed().lines());
    }

    private NetworkEntry plan(HostNetwork network, Interfaces now) {
        String bridge = network.bridge();
        if (bridge == null) {
            return new NetworkEntry(null, null, null, null, null, List.of(), network.routed(), false);
        }
        if (network.openVswitch()) {
            throw impossible("kind", "there are no bridges of Open vSwitch on NetBSD");
        }
        if (!Interfaces.isBridge(bridge)) {
            throw Problem.invalidField("bridge", bridge, "a name that NetBSD has for a bridge: bridge and a number")
                    .toException();
        }
        boolean translates = network.masquerade() != null;
        String uplink = network.uplink();
        Integer tag = network.vlan();
        String vlan = tag == null ? null : VLAN + bridge.substring("bridge".length());
        return new NetworkEntry(
                bridge,
                network.address() == null ? null : Dom0.NETBSD.hostSide(bridge),
                vlan,
                translates ? null : vlan == null ? uplink : vlan,
                network.address(),
                translates ? rules(network, bridge, now) : List.of(),
                network.routed() || translates,
                false);
    }

    private List<String> rules(HostNetwork network, String bridge, Interfaces now) {
        IpAddress own = Objects.requireNonNull(network.address(), "a NAT network has one of dom0's");
        var subnet = Objects.requireNonNull(network.masquerade(), "a NAT network has one");
        NetbsdLink out = now.require(wayOut(network));
        IpAddress outside = out.addresses().stream()
                .filter(IpAddress::isV4)
                .findFirst()
                .orElseThrow(() -> impossible(
                        "uplink", "dom0's interface " + out.name() + " has no IPv4 address to hide guests behind"));
        List<String> rules =
                new ArrayList<>(NpfRules.inside(Dom0.NETBSD.hostSide(bridge), subnet, own, network.forwards()));
        rules.addAll(NpfRules.maps(network, out.name(), outside));
        return rules;
    }

    /** NPF translates on an interface: without one that is named it is the one that leads everywhere else. */
    private String wayOut(HostNetwork network) {
        if (network.uplink() != null) {
            return network.uplink();
        }
        CommandRunner.Result route = commands.attempt(NetbsdNetwork.defaultRoute());
        String found = route.status() == 0 ? NetbsdLinks.routeInterface(route.output()) : null;
        if (found == null) {
            throw impossible("uplink", "dom0 has no default route: name the interface that leads out of it");
        }
        return found;
    }

    private static ProblemException impossible(String field, String detail) {
        return Problem.of(ProblemType.IMPOSSIBLE, detail).withField(field).toException();
    }

    private void check(HostNetwork network, NetworkEntry wanted, Optional<NetworkEntry> former, Interfaces now) {
        for (String name : wanted.interfaces()) {
            if (now.has(name)
                    && former.filter(entry -> entry.interfaces().contains(name)).isEmpty()) {
                throw conflict(
                        "bridge",
                        "dom0 has an interface " + name + " that was not made for the network " + network.name());
            }
        }
        String uplink = network.uplink();
        if (uplink == null || wanted.bridge() == null) {
            return;
        }
        NetbsdLink link = now.require(uplink);
        String master = now.bridgeOf(uplink);
        if (uplink.equals(wanted.port()) && master != null && !master.equals(wanted.bridge())) {
            throw conflict("uplink", "uplink " + uplink + " is a port of another bridge already");
        }
        if (uplink.equals(wanted.port()) && link.mtu() != network.mtu()) {
            throw impossible(
                    "mtu",
                    "NetBSD's bridges have members of their own MTU only: " + uplink + " has " + link.mtu()
                            + ", the network " + network.mtu());
        }
    }

    private static ProblemException conflict(String field, String detail) {
        return Problem.of(ProblemType.CONFLICT, detail).withField(field).toException();
    }

    /** What there was of the network and is not to be any more. */
    private void dropFormer(NetworkEntry former, NetworkEntry wanted, Interfaces now) {
        if (!former.rules().equals(wanted.rules())) {
            filter.remove(former.rules());
        }
        if (former.bridge() != null && !former.bridge().equals(wanted.bridge())) {
            destroy(former, now);
            return;
        }
        release(former.port(), wanted.port(), former.bridge(), now);
        destroy(former.vlan(), wanted.vlan(), now);
        destroy(former.hostSide(), wanted.hostSide(), now);
        String host = former.hostSide();
        IpAddress address = former.address();
        if (host != null && address != null && host.equals(wanted.hostSide()) && !address.equals(wanted.address())) {
            commands.attempt(NetbsdNetwork.withoutAddress(host, address));
        }
    }

    private void release(@Nullable String port, @Nullable String kept, @Nullable String bridge, Interfaces now) {
        if (port != null && bridge != null && !port.equals(kept) && bridge.equals(now.bridgeOf(port))) {
            commands.run(NetbsdNetwork.leave(bridge, port));
        }
    }

    private void destroy(@Nullable String name, @Nullable String kept, Interfaces now) {
        if (name != null && !name.equals(kept) && now.has(name)) {
            commands.run(NetbsdNetwork.destroy(name));
        }
    }

    private void destroy(NetworkEntry entry, Interfaces now) {
        release(entry.port(), null, entry.bridge(), now);
        destroy(entry.bridge(), null, now);
        destroy(entry.vlan(), null, now);
        destroy(entry.hostSide(), null, now);
    }

    private void makeBridge(HostNetwork network, NetworkEntry wanted, String bridge) {
        create(bridge);
        setMtu(bridge, network, bridge);
        String vlan = wanted.vlan();
        if (vlan != null) {
            String uplink = Objects.requireNonNull(network.uplink(), "a VLAN is one of an uplink");
            create(vlan);
            commands.run(NetbsdNetwork.vlan(vlan, Objects.requireNonNull(network.vlan(), vlan), uplink));
            setMtu(vlan, network, bridge);
            commands.run(NetbsdNetwork.up(uplink));
        }
        String host = wanted.hostSide();
        if (host != null) {
            create(host);
            setMtu(host, network, bridge);
            putAddress(network, wanted, host);
            join(bridge, host);
        }
        String port = wanted.port();
        if (port != null) {
            join(bridge, port);
            commands.run(NetbsdNetwork.up(port));
        }
        commands.run(NetbsdNetwork.start(bridge));
    }

    private void create(String name) {
        if (!Interfaces.look(commands).has(name)) {
            commands.run(NetbsdNetwork.create(name));
        }
    }

    /** A bridge and its members have the same, and one that is none yet is changed more easily. */
    private void setMtu(String name, HostNetwork network, String bridge) {
        Interfaces now = Interfaces.look(commands);
        if (now.require(name).mtu() != network.mtu()) {
            release(name, null, bridge, now);
            commands.run(NetbsdNetwork.mtu(name, network.mtu()));
        }
    }

    private void putAddress(HostNetwork network, NetworkEntry wanted, String host) {
        NetbsdLink link = Interfaces.look(commands).require(host);
        IpAddress address = wanted.address();
        if (!network.mac().text().equals(link.mac())) {
            commands.run(NetbsdNetwork.hardware(host, network.mac()));
        }
        if (address != null && !link.addresses().contains(address)) {
            commands.run(NetbsdNetwork.address(host, address, network.prefix()));
        }
        if (address != null && address.isV4()) {
            // Guests are not to reach dom0 by an address that nobody gave it.
            commands.run(NetbsdNetwork.withoutIpv6(host));
        }
        commands.run(NetbsdNetwork.up(host));
    }

    private void join(String bridge, String member) {
        if (!bridge.equals(Interfaces.look(commands).bridgeOf(member))) {
            commands.run(NetbsdNetwork.join(bridge, member));
        }
    }

    private void putRules(NetworkEntry wanted, Optional<NetworkEntry> former) {
        boolean same =
                former.filter(entry -> entry.rules().equals(wanted.rules())).isPresent();
        String host = wanted.hostSide();
        List<String> inside =
                wanted.rules().stream().filter(rule -> !rule.startsWith("map ")).toList();
        boolean there = former.filter(NetworkEntry::complete).isPresent() && (host == null || filter.has(host, inside));
        if (!same) {
            filter.add(wanted.rules());
        } else if (!there) {
            filter.remove(wanted.rules());
            filter.add(wanted.rules());
        }
    }

    private boolean forwards() {
        return ledger.names().stream()
                .anyMatch(name -> entry(name).filter(NetworkEntry::forwards).isPresent());
    }

    void remove(String name) {
        entry(name).ifPresent(entry -> {
            filter.remove(entry.rules());
            destroy(entry, Interfaces.look(commands));
            ledger.remove(name);
            forwarding.set(forwards());
        });
    }
}
