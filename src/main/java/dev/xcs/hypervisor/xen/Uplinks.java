package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.net.Link;
import dev.xcs.hypervisor.xen.net.LinkChange;
import dev.xcs.hypervisor.xen.net.Marking;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.InterfaceName;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way out of bridges: interfaces of dom0 that become ports, with dom0's addresses on them going over to the bridge and back. */
final class Uplinks {
    private final Rtnetlink rtnetlink;
    private final Addresses addresses;

    Uplinks(Rtnetlink rtnetlink, Addresses addresses) {
        this.rtnetlink = rtnetlink;
        this.addresses = addresses;
    }

    /**
     * What is to be a port of a network's bridge: its uplink, or a VLAN of that, which is made if there is none; null for nothing. That of a NAT
     * network is dom0's way out, and never on the guests' side.
     */
    @Nullable
    Link portOf(HostNetwork network) {
        String name = network.uplink();
        if (name == null) {
            return null;
        }
        Link uplink = rtnetlink.require(name);
        if (network.masquerade() != null) {
            return null;
        }
        Integer tag = network.vlan();
        // Open vSwitch tags by itself.
        return tag == null || network.openVswitch() ? uplink : vlanOf(network, uplink, tag);
    }

    private Link vlanOf(HostNetwork network, Link uplink, int tag) {
        List<Link> known = rtnetlink.links().stream()
                .filter(link -> link.under() == uplink.index())
                .filter(link -> Integer.valueOf(tag).equals(link.vlan()))
                .toList();
        return known.isEmpty() ? newVlan(network, uplink, tag) : known.get(0);
    }

    private Link newVlan(HostNetwork network, Link uplink, int tag) {
        String plain = uplink.name() + "." + tag;
        String name = plain.length() <= InterfaceName.MAX_LENGTH ? plain : "xcs" + uplink.index() + "." + tag;
        String alias = Marking.member(network.name()).text();
        rtnetlink.change(
                LinkChange.newVlan(name, uplink, tag).request(),
                LinkChange.ofNamed(name).alias(alias).request(),
                LinkChange.of(uplink).up(true).request());
        return rtnetlink.require(name);
    }

    /**
     * Connects a port with a bridge of the kernel, and dom0 through the bridge. If that fails, dom0 is connected as it was.
     *
     * @throws ProblemException of type CONFLICT if the port is one of another bridge
     */
    void attach(Link bridge, Link port) {
        if (port.master() != 0 && port.master() != bridge.index()) {
            throw Problem.of(ProblemType.CONFLICT, "uplink " + port.name() + " is a port of another bridge already")
                    .withField("uplink")
                    .toException();
        }
        rtnetlink.change(LinkChange.of(port).master(bridge.index()).up(true).request());
        takeAddresses(bridge, port);
    }

    /** Of a port that is connected with the bridge. */
    void takeAddresses(Link bridge, Link port) {
        try {
            addresses.move(port, bridge, null);
        } catch (ProblemException e) {
            release(bridge, port, null);
            throw e;
        }
    }

    /** Takes a bridge's uplink away, with what dom0 had on it, and removes the VLAN that was made for it. */
    void release(Link bridge, Marking marking) {
        for (Link link : rtnetlink.links()) {
            if (link.name().equals(marking.port())) {
                release(bridge, link, marking);
            }
        }
    }

    private void release(Link bridge, Link port, @Nullable Marking marking) {
        if (bridge.isBridge()) {
            rtnetlink.change(LinkChange.of(port).master(0).request());
        }
        addresses.move(bridge, port, marking == null ? null : marking.address());
        if (Marking.of(port).isPresent()) {
            rtnetlink.remove(List.of(LinkChange.of(port).removal()));
        }
    }
}
