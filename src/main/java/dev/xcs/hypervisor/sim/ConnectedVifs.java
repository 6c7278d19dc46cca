package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.Guard;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The interfaces of vifs, as they are connected with bridges and routes, and their guards, which outlive them. Not thread-safe. */
final class ConnectedVifs {
    /** What every back-end's interface has, so that no bridge takes the address of one (vif-common.sh). */
    static final HardwareAddress MAC = new HardwareAddress(0xfeff_ffff_ffffL);

    private final LinkTable links;
    private final IpHost host;
    private final Map<String, Guard> guards = new TreeMap<>();
    private final Map<Link, Set<IpAddress>> routed = new HashMap<>();

    ConnectedVifs(LinkTable links) {
        this.links = links;
        this.host = links.host();
    }

    void connect(VifPort port) {
        Link link = links.findDevice(port.device())
                .or(() -> links.find(port.name()))
                .orElseGet(() -> links.require(port.device()));
        Link bridge = bridgeOf(port);
        List<IpAddress> routes = port.guard().silent() ? List.of() : port.routes();
        Link gateway = port.gatewayDev() == null || routes.isEmpty() ? null : links.require(port.gatewayDev());
        links.rename(link, port.name());
        guard(link, port.guard());
        link.mtu(port.mtu());
        link.mac(MAC);
        Integer vlan = port.vlan();
        link.master(bridge, vlan == null ? Frame.UNTAGGED : vlan);
        route(link, routes);
        announce(routes, gateway);
        link.up(true);
    }

    private @Nullable Link bridgeOf(VifPort port) {
        if (port.bridge() == null || port.guard().silent()) {
            return null;
        }
        Link bridge = links.require(port.bridge());
        if (!bridge.isBridge()) {
            throw Problem.of(ProblemType.IMPOSSIBLE, "dom0's interface " + bridge.name() + " is no bridge")
                    .withField("bridge")
                    .toException();
        }
        return bridge;
    }

    private void guard(Link link, VifGuard rules) {
        Guard known = guards.get(link.name());
        if (!Guard.isNeeded(rules)) {
            guards.remove(link.name());
        } else if (known == null) {
            guards.put(link.name(), new Guard(rules));
        } else {
            known.replace(rules);
        }
        link.guard(guards.get(link.name()));
    }

    private void route(Link link, List<IpAddress> wanted) {
        host.remove(link);
        link.proxy(!wanted.isEmpty());
        routed.remove(link);
        if (!wanted.isEmpty()) {
            routed.put(link, Set.copyOf(wanted));
            host.add(link);
            host.linkLocal(link, wanted.stream().anyMatch(address -> !address.isV4()));
            wanted.forEach(address -> host.route(Subnet.host(address), null, link));
        }
    }

    /** Has an interface answer for these addresses and no other for them, and none for those that nothing is routed to any more. */
    private void announce(List<IpAddress> addresses, @Nullable Link gateway) {
        for (Link link : links.all()) {
            if (gateway != null && !link.equals(gateway)) {
                addresses.forEach(link.proxied()::remove);
            }
        }
        if (gateway != null) {
            gateway.proxied().addAll(addresses);
        }
        forgetProxies();
    }

    private void forgetProxies() {
        routed.keySet().retainAll(links.all());
        Set<IpAddress> reached = new HashSet<>();
        routed.values().forEach(reached::addAll);
        links.all().forEach(link -> link.proxied().retainAll(reached));
    }

    /** An interface that had a guard and is still there must not stay connected without it. */
    void disconnect(String name) {
        if (guards.containsKey(name)) {
            links.find(name).ifPresent(link -> {
                link.up(false);
                link.master(null, Frame.UNTAGGED);
                link.guard(null);
                route(link, List.of());
            });
            guards.remove(name);
        }
        forgetProxies();
    }

    Set<String> guarded() {
        return new TreeSet<>(guards.keySet());
    }
}
