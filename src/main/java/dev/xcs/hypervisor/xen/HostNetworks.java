package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.net.Link;
import dev.xcs.hypervisor.xen.net.LinkChange;
import dev.xcs.hypervisor.xen.net.Marking;
import dev.xcs.hypervisor.xen.net.NetworkRules;
import dev.xcs.hypervisor.xen.net.Route;
import dev.xcs.hypervisor.xen.net.Sysctl;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What networks need in dom0: bridges with their uplinks and addresses, rules, switches. */
final class HostNetworks {
    private static final int ONLY_IF_NOT_FORWARDING = 1;
    private static final int ALSO_WHEN_FORWARDING = 2;

    private final Rtnetlink rtnetlink;
    private final Addresses addresses;
    private final Uplinks uplinks;
    private final NetworkTables tables;
    private final Sysctls sysctls;
    private final OpenVswitch openVswitch;

    HostNetworks(Rtnetlink rtnetlink, NetworkTables tables, Sysctls sysctls, OpenVswitch openVswitch) {
        this.rtnetlink = rtnetlink;
        this.addresses = new Addresses(rtnetlink);
        this.uplinks = new Uplinks(rtnetlink, addresses);
        this.tables = tables;
        this.sysctls = sysctls;
        this.openVswitch = openVswitch;
    }

    void make(HostNetwork network) {
        String bridge = network.bridge();
        removeOthers(network.name(), bridge);
        if (bridge != null) {
            makeBridge(network, InterfaceName.check("bridge", bridge));
        }
        tables.put(network, switches(network));
    }

    private void makeBridge(HostNetwork network, String name) {
        Optional<Link> present = rtnetlink.find(name);
        present.ifPresent(link -> requireOurs(network, link));
        Link port = uplinks.portOf(network);
        Marking marking = Marking.of(network, port);
        present.ifPresent(link -> dropFormer(link, marking));
        if (network.openVswitch()) {
            openVswitch.putBridge(network, name);
        } else if (present.isEmpty()) {
            rtnetlink.change(
                    LinkChange.newBridge(name)
                            .mac(network.mac())
                            .mtu(network.mtu())
                            .request(),
                    LinkChange.ofNamed(name).alias(marking.text()).request());
        }
        Link bridge = rtnetlink.require(name);
        mend(network, bridge, marking, port);
        connect(network, rtnetlink.require(name), port);
    }

    private void requireOurs(HostNetwork network, Link link) {
        boolean ours = network.openVswitch()
                ? network.name().equals(openVswitch.made().get(link.name()))
                : Marking.of(link)
                        .filter(marking -> marking.isOf(network.name()))
                        .isPresent();
        if (!ours) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "dom0 has an interface " + link.name() + " that was not made for the network "
                                    + network.name())
                    .withField("bridge")
                    .toException();
        }
    }

    /** What the bridge had and is not to have any more. */
    private void dropFormer(Link bridge, Marking wanted) {
        Marking.of(bridge).ifPresent(former -> {
            if (former.port() != null && !former.port().equals(wanted.port())) {
                uplinks.release(bridge, former);
            }
            IpAddress address = former.address();
            if (address != null && !address.equals(wanted.address())) {
                addresses.remove(bridge, address);
            }
        });
    }

    private void mend(HostNetwork network, Link bridge, Marking marking, @Nullable Link port) {
        LinkChange change = LinkChange.of(bridge).alias(marking.text());
        if (!network.mac().text().equals(bridge.mac())) {
            change.mac(network.mac());
        }
        if (network.mtu() != bridge.mtu()) {
            change.mtu(network.mtu());
        }
        IpAddress address = network.address();
        if (sysctls.hasIpv6()) {
            // Guests that have nothing to do with dom0 are not to reach it by an address that nobody gave it.
            change.linkLocal(port != null || (address != null && !address.isV4()));
            int accept = port == null
                    ? 0
                    : sysctls.read("net/ipv6/conf/" + port.name() + "/accept_ra")
                            .orElse(0);
            sysctls.set(Sysctl.ofInterface("ipv6", bridge.name(), "accept_ra", accept));
        }
        rtnetlink.change(change.request(), LinkChange.of(bridge).up(true).request());
    }

    private void connect(HostNetwork network, Link bridge, @Nullable Link port) {
        if (port != null && network.openVswitch()) {
            rtnetlink.change(LinkChange.of(port).up(true).request());
            uplinks.takeAddresses(bridge, port);
        } else if (port != null) {
            uplinks.attach(bridge, port);
        }
        IpAddress address = network.address();
        if (address != null) {
            addresses.put(bridge, address, network.prefix());
        }
        if (NetworkRules.turnsLoopback(network)) {
            sysctls.set(Sysctl.ofInterface("ipv4", bridge.name(), "route_localnet", 1));
        }
    }

    private List<Sysctl> switches(HostNetwork network) {
        List<Sysctl> needed = new ArrayList<>();
        if (network.routed() || network.masquerade() != null) {
            needed.add(Sysctl.needed("net/ipv4/ip_forward", 1));
        }
        if (network.routed() && network.masquerade() == null && sysctls.hasIpv6()) {
            // Only IPv4 is hidden behind dom0's address. A router does not listen to others unless told so twice.
            advertised()
                    .forEach(name -> needed.add(Sysctl.ofInterface("ipv6", name, "accept_ra", ALSO_WHEN_FORWARDING)));
            needed.add(Sysctl.needed("net/ipv6/conf/all/forwarding", 1));
        }
        return needed;
    }

    /** The interfaces through which dom0 has learnt routes from routers, and would not any more once it forwards. */
    private List<String> advertised() {
        List<Route> routes = rtnetlink.routes();
        return rtnetlink.links().stream()
                .filter(link ->
                        routes.stream().anyMatch(route -> route.leadsTo(link) && route.protocol() == Route.ADVERTISED))
                .map(Link::name)
                .filter(InterfaceName::isValid)
                .filter(name ->
                        sysctls.read("net/ipv6/conf/" + name + "/accept_ra").orElse(0) >= ONLY_IF_NOT_FORWARDING)
                .toList();
    }

    void remove(String network) {
        tables.remove(network);
        removeOthers(network, null);
    }

    /** Removes the interfaces that were made for a network, but for one. */
    private void removeOthers(String network, @Nullable String bridge) {
        openVswitch.made().forEach((name, owner) -> {
            if (owner.equals(network) && !name.equals(bridge)) {
                rtnetlink.find(name).ifPresent(link -> release(link));
                openVswitch.removeBridge(name);
            }
        });
        for (Link link : ours(network)) {
            if (!link.name().equals(bridge) && link.isBridge()) {
                release(link);
                rtnetlink.remove(List.of(LinkChange.of(link).removal()));
            }
        }
        if (bridge == null) {
            // VLANs go with their bridge, unless a crash came between.
            ours(network)
                    .forEach(
                            link -> rtnetlink.remove(List.of(LinkChange.of(link).removal())));
        }
    }

    private void release(Link bridge) {
        Marking.of(bridge).ifPresent(marking -> uplinks.release(bridge, marking));
    }

    private List<Link> ours(String network) {
        return rtnetlink.links().stream()
                .filter(link -> Marking.of(link)
                        .filter(marking -> marking.isOf(network))
                        .isPresent())
                .toList();
    }

    Set<String> made() {
        Set<String> found = new HashSet<>(tables.networks());
        rtnetlink.links().forEach(link -> Marking.of(link).ifPresent(marking -> found.add(marking.network())));
        found.addAll(openVswitch.made().values());
        return Set.copyOf(found);
    }
}
