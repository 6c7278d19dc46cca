package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.net.Link;
import dev.xcs.hypervisor.xen.net.LinkChange;
import dev.xcs.hypervisor.xen.net.NetlinkRequest;
import dev.xcs.hypervisor.xen.net.Proxy;
import dev.xcs.hypervisor.xen.net.Route;
import dev.xcs.hypervisor.xen.net.Sysctl;
import dev.xcs.model.HostLink;
import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Connects the interfaces of vifs with bridges and routes. */
final class VifPorts {
    /** Xen's convention for dom0's end: the highest there is, so that no bridge takes it for its own. */
    private static final MacAddress BACKEND = new MacAddress(HostLink.VIF_MAC);

    private final Rtnetlink rtnetlink;
    private final Guards guards;
    private final Sysctls sysctls;
    private final OpenVswitch openVswitch;

    VifPorts(Rtnetlink rtnetlink, Guards guards, Sysctls sysctls, OpenVswitch openVswitch) {
        this.rtnetlink = rtnetlink;
        this.guards = guards;
        this.sysctls = sysctls;
        this.openVswitch = openVswitch;
    }

    void connect(VifPort port) {
        InterfaceName.check("name", port.name());
        Link found = rtnetlink
                .find(port.device())
                .or(() -> rtnetlink.find(port.name()))
                .orElseThrow(() -> Rtnetlink.missing(port.device()));
        Link bridge = bridgeOf(port);
        Link link = named(found, port.name());
        leaveOthers(port, link, bridge);
        // The kernel has no routes that lead to an interface which is down.
        if (link.up()) {
            removeRoutes(link, port.routes());
        }
        guards.put(port.name(), found.name(), port.guard());
        set(port, link, bridge);
        if (bridge != null && port.openVswitch()) {
            openVswitch.putPort(bridge.name(), port.name(), port.vlan());
        }
        addRoutes(link, port);
    }

    private @Nullable Link bridgeOf(VifPort port) {
        String name = port.bridge();
        if (name == null || port.guard().silent()) {
            return null;
        }
        Link bridge = rtnetlink.require(name);
        if (!port.openVswitch() && !bridge.isBridge()) {
            throw Problem.of(ProblemType.IMPOSSIBLE, "dom0's interface " + name + " is no bridge")
                    .withField("bridge")
                    .toException();
        }
        return bridge;
    }

    /** Before it is guarded, because some kernels let go of the guard of an interface that is renamed. */
    private Link named(Link link, String name) {
        if (link.name().equals(name)) {
            return link;
        }
        rtnetlink.change(
                LinkChange.of(link).up(false).request(),
                LinkChange.of(link).name(name).request());
        return rtnetlink.require(name);
    }

    /** Else frames that only the new guard allows would pass to the old bridge. */
    private void leaveOthers(VifPort port, Link link, @Nullable Link bridge) {
        boolean onSwitch = bridge != null && port.openVswitch();
        if (masterOf(link).filter(Link::isBridge).isPresent()) {
            boolean stays = bridge != null && !onSwitch && link.master() == bridge.index();
            if (!stays) {
                rtnetlink.change(LinkChange.of(link).master(0).request());
            }
        } else if (!onSwitch && mayBeOnSwitch(link)) {
            openVswitch.removePort(link.name());
        }
    }

    /** The kernel shows its bridges of Open vSwitch as a master, but not those of user space; a new interface is down and on none. */
    private static boolean mayBeOnSwitch(Link link) {
        return link.master() != 0 || link.up();
    }

    private Optional<Link> masterOf(Link link) {
        return link.master() == 0
                ? Optional.empty()
                : rtnetlink.links().stream()
                        .filter(known -> known.index() == link.master())
                        .findFirst();
    }

    private void set(VifPort port, Link link, @Nullable Link bridge) {
        boolean routesIpv6 = port.routes().stream().anyMatch(address -> !address.isV4());
        LinkChange quiet = LinkChange.of(link);
        if (!BACKEND.text().equals(link.mac())) {
            quiet.mac(BACKEND);
        }
        if (port.mtu() != link.mtu()) {
            quiet.mtu(port.mtu());
        }
        if (sysctls.hasIpv6()) {
            // A guest with IPv6 routed to it needs a neighbour that it can name as its router.
            quiet.linkLocal(routesIpv6);
            sysctls.set(Sysctl.ofInterface("ipv6", link.name(), "accept_ra", 0));
        }
        LinkChange connected = LinkChange.of(link).up(true);
        if (bridge != null && !port.openVswitch()) {
            connected.master(bridge.index());
        }
        rtnetlink.change(quiet.request(), connected.request());
    }

    private void removeRoutes(Link link, List<IpAddress> wanted) {
        Set<Subnet> kept = wanted.stream().map(Subnet::host).collect(Collectors.toSet());
        rtnetlink.remove(rtnetlink.routes().stream()
                .filter(route -> route.leadsTo(link) && route.isDeliberate())
                .filter(route -> route.to() == null || !kept.contains(route.to()))
                .map(Route::removal)
                .toList());
    }

    private void addRoutes(Link link, VifPort port) {
        List<IpAddress> routes = port.guard().silent() ? List.of() : port.routes();
        sysctls.set(Sysctl.ofInterface("ipv4", link.name(), "proxy_arp", routes.isEmpty() ? 0 : 1));
        rtnetlink.add(routes.stream()
                .map(address -> Route.toHost(address, link).addition())
                .toList());
        announce(routes, port.gatewayDev());
        forgetProxies();
    }

    private void announce(List<IpAddress> routes, @Nullable String gatewayDev) {
        if (gatewayDev == null || routes.isEmpty()) {
            return;
        }
        Link gateway = rtnetlink.require(gatewayDev);
        if (routes.stream().anyMatch(address -> !address.isV4())) {
            sysctls.set(Sysctl.ofInterface("ipv6", gateway.name(), "proxy_ndp", 1));
        }
        List<NetlinkRequest> changes = new ArrayList<>();
        for (Proxy known : rtnetlink.proxies()) {
            if (routes.contains(known.address()) && known.interfaceIndex() != gateway.index()) {
                changes.add(known.removal());
            }
        }
        routes.forEach(address -> changes.add(new Proxy(address, gateway.index()).addition()));
        rtnetlink.change(changes);
    }

    /** Ends answering for addresses that nothing is routed to any more. */
    private void forgetProxies() {
        List<Proxy> proxies = rtnetlink.proxies();
        if (proxies.isEmpty()) {
            return;
        }
        Set<Subnet> routed = rtnetlink.routes().stream()
                .filter(route -> route.protocol() == Route.XCS)
                .flatMap(route -> Optional.ofNullable(route.to()).stream())
                .collect(Collectors.toSet());
        rtnetlink.remove(proxies.stream()
                .filter(proxy -> !routed.contains(Subnet.host(proxy.address())))
                .map(Proxy::removal)
                .toList());
    }

    /** An interface that had a guard and is still there must not stay connected without it. */
    void disconnect(String name) {
        if (!guards.drops().containsKey(name)) {
            openVswitch.removePort(name);
            forgetProxies();
            return;
        }
        rtnetlink.find(name).ifPresent(link -> {
            rtnetlink.change(LinkChange.of(link).up(false).request());
            if (masterOf(link).filter(Link::isBridge).isPresent()) {
                rtnetlink.change(LinkChange.of(link).master(0).request());
            }
        });
        openVswitch.removePort(name);
        guards.remove(name);
        forgetProxies();
    }
}
