package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Link;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The interfaces of the simulated dom0 by their names, and its Internet protocols above them. Not thread-safe. */
final class LinkTable {
    /** What dom0's kernel says of all of them; every change is one. */
    static final String CALL = "RTM_NEWLINK";

    private final Map<String, Link> links = new LinkedHashMap<>();
    private final IpHost host;
    private int lastIndex;

    LinkTable(IpHost host) {
        this.host = host;
    }

    IpHost host() {
        return host;
    }

    /** @param wire takes what goes out */
    Link addWire(String name, HardwareAddress mac, Consumer<byte[]> wire) {
        return add(new Link(++lastIndex, name, mac, wire));
    }

    Link addBridge(String name, HardwareAddress mac) {
        Link bridge = add(Link.bridge(++lastIndex, name, mac, host));
        bridge.up(true);
        host.add(bridge);
        return bridge;
    }

    private Link add(Link link) {
        if (links.containsKey(link.name())) {
            throw XenErrno.EEXIST.of(CALL, link.name(), "dom0 has an interface of this name");
        }
        links.put(link.name(), link);
        return link;
    }

    Collection<Link> all() {
        return links.values();
    }

    Optional<Link> find(String name) {
        return Optional.ofNullable(links.get(name));
    }

    Link require(String name) {
        return find(name).orElseThrow(() -> XenErrno.ENODEV.of(CALL, name, "dom0 has no interface of this name"));
    }

    /** As {@link #require}, but by the name that it had when it was made. */
    Optional<Link> findDevice(String device) {
        return links.values().stream()
                .filter(link -> link.device().equals(device))
                .findFirst();
    }

    /** Nothing happens if it is its name already. */
    void rename(Link link, String name) {
        if (!link.name().equals(name)) {
            if (links.containsKey(name)) {
                throw XenErrno.EEXIST.of(CALL, name, "another interface has this name");
            }
            links.values().remove(link);
            link.rename(name);
            links.put(name, link);
        }
    }

    void remove(Link link) {
        links.values().remove(link);
        link.up(false);
        List.copyOf(links.values()).stream()
                .filter(port -> link.equals(port.master()))
                .forEach(port -> port.master(null, Frame.UNTAGGED));
        link.master(null, Frame.UNTAGGED);
        host.remove(link);
    }
}
