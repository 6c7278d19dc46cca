package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.net.Link;
import dev.xcs.hypervisor.xen.net.LinkAddress;
import dev.xcs.hypervisor.xen.net.NetlinkRequest;
import dev.xcs.hypervisor.xen.net.Route;
import dev.xcs.model.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dom0's own addresses. */
final class Addresses {
    private final Rtnetlink rtnetlink;

    Addresses(Rtnetlink rtnetlink) {
        this.rtnetlink = rtnetlink;
    }

    /** Gives an interface an address unless it has it. */
    void put(Link link, IpAddress address, int prefix) {
        boolean there = rtnetlink.addresses(link).stream()
                .anyMatch(known -> known.address().equals(address) && known.prefix() == prefix);
        if (!there) {
            rtnetlink.add(List.of(LinkAddress.of(link, address, prefix).addition()));
        }
    }

    /** With whatever prefix length. */
    void remove(Link link, IpAddress address) {
        rtnetlink.remove(rtnetlink.addresses(link).stream()
                .filter(known -> known.address().equals(address))
                .map(LinkAddress::removal)
                .toList());
    }

    /**
     * Moves dom0's addresses and what it routes through an interface to another one: both have all of it for a moment, so that nothing is lost
     * that is under way.
     *
     * @param kept an address that stays; null for none
     */
    void move(Link from, Link to, @Nullable IpAddress kept) {
        List<LinkAddress> addresses = rtnetlink.addresses(from).stream()
                .filter(address -> !address.ofLinkOnly())
                .filter(address -> !address.address().equals(kept))
                .toList();
        List<Route> routes = rtnetlink.routes().stream()
                .filter(route -> route.leadsTo(from) && route.isDeliberate())
                // A gateway has to be reachable before what lies behind it.
                .sorted(Comparator.comparing(Route::isDirect).reversed())
                .toList();
        rtnetlink.add(
                addresses.stream().map(address -> address.on(to).addition()).toList());
        rtnetlink.add(routes.stream().map(route -> route.on(to).addition()).toList());
        List<NetlinkRequest> old = new ArrayList<>();
        routes.forEach(route -> old.add(route.removal()));
        addresses.forEach(address -> old.add(address.removal()));
        rtnetlink.remove(old);
    }
}
