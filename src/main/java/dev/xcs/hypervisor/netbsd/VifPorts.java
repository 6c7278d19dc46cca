package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.platform.NetbsdLink;
import dev.xcs.platform.NetbsdNetwork;
import dev.xcs.platform.NpfRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connects the interfaces of vifs with bridges and routes. What a guard can do: NPF stops forged IP addresses, DHCP servers and routers; a
 * bridge that does not learn from the guest's member sends nobody else's frames there. Frames from a forged Ethernet address, and forged ARP, are not
 * stopped: NetBSD's bridges pass them.
 */
final class VifPorts {
    private static final int HOST_PREFIX = 32;

    private final Commands commands;
    private final PacketFilter filter;
    private final Ledger ledger;

    VifPorts(Commands commands, PacketFilter filter, Ledger ledger) {
        this.commands = commands;
        this.filter = filter;
        this.ledger = ledger;
    }

    Set<String> guarded() {
        Set<String> guarded = new TreeSet<>();
        for (String name : ledger.names()) {
            if (entry(name).guarded()) {
                guarded.add(name);
            }
        }
        return guarded;
    }

    private VifEntry entry(String name) {
        return ledger.read(name).map(VifEntry::parse).orElse(VifEntry.NONE);
    }

    void connect(VifPort port) {
        String name = InterfaceName.check("name", port.name());
        if (!name.equals(port.device())) {
            throw impossible("vifname", "NetBSD cannot rename interfaces: the vif is called " + port.device());
        }
        Interfaces now = Interfaces.look(commands);
        NetbsdLink link = now.require(name);
        String bridge = bridgeOf(port, now);
        VifEntry wanted = plan(port, bridge, now);
        VifEntry former = entry(name);
        String present = now.bridgeOf(name);
        if (present != null && (!present.equals(bridge) || link.mtu() != port.mtu())) {
            // Else frames that only the new guard allows would pass to the old bridge.
            leave(name, former, now);
        }
        guard(link, wanted, former);
        if (port.guard().silent()) {
            commands.run(NetbsdNetwork.down(name));
            return;
        }
        if (link.mtu() != port.mtu()) {
            commands.run(NetbsdNetwork.mtu(name, port.mtu()));
        }
        commands.run(NetbsdNetwork.withoutIpv6(name));
        route(port, wanted, former);
        if (bridge != null) {
            join(name, bridge, wanted, former);
        }
        commands.run(NetbsdNetwork.up(name));
    }

    private static ProblemException impossible(String field, String detail) {
        return Problem.of(ProblemType.IMPOSSIBLE, detail).withField(field).toException();
    }

    private static @Nullable String bridgeOf(VifPort port, Interfaces now) {
        String name = port.bridge();
        if (name == null || port.guard().silent()) {
            return null;
        }
        NetbsdLink bridge = now.require(name);
        if (port.openVswitch() || !Interfaces.isBridge(name)) {
            throw impossible("bridge", "dom0's interface " + name + " is no bridge");
        }
        if (bridge.mtu() != port.mtu()) {
            throw impossible(
                    "mtu",
                    "NetBSD's bridges have members of their own MTU only: " + name + " has " + bridge.mtu()
                            + ", the vif is to have " + port.mtu());
        }
        return name;
    }

    private static VifEntry plan(VifPort port, @Nullable String bridge, Interfaces now) {
        VifGuard guard = port.guard();
        List<String> rules = guard.silent() ? List.of() : NpfRules.guard(port.name(), guard);
        boolean guarded = guard.silent() || guard.mac() != null || !rules.isEmpty();
        MacAddress mac = bridge == null ? null : guard.mac();
        List<IpAddress> routes = guard.silent() ? List.of() : port.routes();
        if (routes.stream().anyMatch(ip -> !ip.isV4())) {
            throw impossible("ip", "xcsd routes IPv4 only on NetBSD: give the vif a bridge for IPv6");
        }
        String gateway = port.gatewayDev();
        IpAddress own = routes.isEmpty() || gateway == null ? null : ownOn(now.require(gateway));
        if (!routes.isEmpty() && own == null) {
            throw impossible(
                    "gatewayDev",
                    "NetBSD routes by an interface with an address of dom0: name dom0's interface whose address"
                            + " the guest has as its router");
        }
        return new VifEntry(
                guarded, rules, mac == null ? null : bridge, mac, routes, own == null ? List.of() : routes, own);
    }

    private static @Nullable IpAddress ownOn(NetbsdLink link) {
        return link.addresses().stream().filter(IpAddress::isV4).findFirst().orElse(null);
    }

    private void leave(String name, VifEntry former, Interfaces now) {
        String bridge = now.bridgeOf(name);
        if (bridge != null) {
            forget(former);
            commands.run(NetbsdNetwork.leave(bridge, name));
        }
    }

    private void forget(VifEntry former) {
        if (former.bridge() != null && former.mac() != null) {
            // An address that the bridge does not know any more is as good as forgotten.
            commands.attempt(NetbsdNetwork.forget(former.bridge(), former.mac()));
        }
    }

    /** While rules are replaced nothing passes. */
    private void guard(NetbsdLink link, VifEntry wanted, VifEntry former) {
        String name = link.name();
        boolean same =
                wanted.rules().equals(former.rules()) && (former.isNothing() || filter.has(name, wanted.rules()));
        if (!same && link.up()) {
            commands.run(NetbsdNetwork.down(name));
        }
        if (!same) {
            filter.remove(former.rules());
        }
        // What is taken back below is to be found by a later run until it is.
        write(name, union(wanted, former));
        if (!same) {
            filter.add(wanted.rules());
        }
        former.routes().stream().filter(ip -> !wanted.routes().contains(ip)).forEach(ip -> unroute(ip, former));
        IpAddress own = former.own();
        if (own != null && !own.equals(wanted.own())) {
            commands.attempt(NetbsdNetwork.withoutAddress(name, own));
        }
        write(name, wanted);
    }

    private static VifEntry union(VifEntry wanted, VifEntry former) {
        return new VifEntry(
                wanted.guarded() || former.guarded(),
                wanted.rules(),
                wanted.bridge(),
                wanted.mac(),
                both(wanted.routes(), former.routes()),
                both(wanted.published(), former.published()),
                former.own() == null ? wanted.own() : former.own());
    }

    private static List<IpAddress> both(List<IpAddress> some, List<IpAddress> others) {
        return Stream.concat(some.stream(), others.stream()).distinct().toList();
    }

    private void write(String name, VifEntry entry) {
        if (entry.isNothing()) {
            ledger.remove(name);
        } else {
            ledger.write(name, entry.lines());
        }
    }

    private void route(VifPort port, VifEntry wanted, VifEntry former) {
        IpAddress own = wanted.own();
        String gateway = port.gatewayDev();
        if (own == null || gateway == null) {
            return;
        }
        Interfaces now = Interfaces.look(commands);
        String mac = now.require(gateway).mac();
        if (!now.require(port.name()).addresses().contains(own)) {
            commands.run(NetbsdNetwork.address(port.name(), own, HOST_PREFIX));
        }
        for (IpAddress ip : wanted.routes()) {
            if (former.routes().contains(ip)) {
                // It may have gone with a former interface of the same name.
                unroute(ip, former);
            }
            if (mac != null) {
                commands.run(NetbsdNetwork.publish(ip, mac));
            }
            commands.run(NetbsdNetwork.route(ip, own, port.name()));
        }
    }

    /** Routes go with their interface, if that has gone. */
    private void unroute(IpAddress ip, VifEntry former) {
        commands.attempt(NetbsdNetwork.unroute(ip));
        if (former.published().contains(ip)) {
            commands.attempt(NetbsdNetwork.unpublish(ip));
        }
    }

    private void join(String name, String bridge, VifEntry wanted, VifEntry former) {
        if (!wanted.rules().isEmpty()) {
            commands.run(NetbsdNetwork.filter(bridge));
        }
        boolean member = bridge.equals(Interfaces.look(commands).bridgeOf(name));
        MacAddress mac = wanted.mac();
        if (former.mac() != null && !former.mac().equals(mac)) {
            forget(former);
        }
        if (member && mac == null) {
            commands.run(NetbsdNetwork.learn(bridge, name));
        } else if (member && mac != null) {
            commands.run(NetbsdNetwork.fix(bridge, name, mac));
        } else {
            commands.run(mac == null ? NetbsdNetwork.join(bridge, name) : NetbsdNetwork.joinAs(bridge, name, mac));
        }
    }

    /** An interface that had a guard and is still there must not stay connected without it. */
    void disconnect(String name) {
        Optional<VifEntry> found = ledger.read(name).map(VifEntry::parse);
        if (found.isEmpty()) {
            return;
        }
        VifEntry entry = found.get();
        Interfaces now = Interfaces.look(commands);
        if (now.has(name)) {
            commands.run(NetbsdNetwork.down(name));
            leave(name, entry, now);
        }
        filter.remove(entry.rules());
        entry.routes().forEach(ip -> unroute(ip, entry));
        if (entry.own() != null && now.has(name)) {
            commands.attempt(NetbsdNetwork.withoutAddress(name, entry.own()));
        }
        ledger.remove(name);
    }
}
