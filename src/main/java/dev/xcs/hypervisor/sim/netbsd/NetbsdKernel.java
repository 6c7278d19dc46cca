package dev.xcs.hypervisor.sim.netbsd;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.IpHost;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.hypervisor.sim.net.MemberBridge;
import dev.xcs.hypervisor.sim.net.Npf;
import dev.xcs.model.MacAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The network of a NetBSD kernel: interfaces by name, Internet protocols above them, NPF between. Not thread-safe. */
public final class NetbsdKernel {
    private static final Pattern CLONED = Pattern.compile("(bridge|vether|vlan)(\\d{1,9})");

    /** A vlan(4) that was given its parent and its number. */
    private record Tag(Link parent, int number) {}

    private final Npf npf = new Npf();
    private final IpHost host = new IpHost(npf);
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final Map<Link, Tag> tags = new HashMap<>();
    private final Set<Link> withoutIpv6 = new HashSet<>();
    private final Set<String> rulesets = new HashSet<>(Set.of("xcs", "map:xcs"));
    private int lastIndex;

    public Npf npf() {
        return npf;
    }

    public IpHost host() {
        return host;
    }

    Collection<Link> all() {
        return List.copyOf(links.values());
    }

    public Optional<Link> find(String name) {
        return Optional.ofNullable(links.get(name));
    }

    /** The dynamic rulesets that npf.conf has a place for; may be changed, as an administrator does. */
    public Set<String> rulesets() {
        return rulesets;
    }

    /**
     * An interface that a driver has found.
     *
     * @param wire takes what goes out
     */
    public Link attach(String name, HardwareAddress mac, Consumer<byte[]> wire) {
        return add(new Link(++lastIndex, name, mac, wire));
    }

    private Link add(Link link) {
        links.put(link.name(), link);
        host.add(link);
        return link;
    }

    /** Makes an interface of one of the cloning drivers; gives null for a name that none of them has. */
    @Nullable
    Link create(String name) {
        Matcher cloned = CLONED.matcher(name);
        if (!cloned.matches()) {
            return null;
        }
        HardwareAddress mac = HardwareAddress.of(MacAddress.ofName("netbsd " + name));
        return switch (cloned.group(1)) {
            case "bridge" -> add(Link.memberBridge(++lastIndex, name, host, npf));
            case "vether" -> attach(name, mac, frame -> {});
            default -> attach(name, mac, frame -> transmitTagged(name, frame));
        };
    }

    private void transmitTagged(String name, byte[] bytes) {
        Tag tag = find(name).map(tags::get).orElse(null);
        Frame frame = Frame.parse(bytes);
        if (tag != null && frame != null) {
            tag.parent().transmit(frame.withVlan(tag.number()).encode());
        }
    }

    boolean isCloned(Link link) {
        return CLONED.matcher(link.name()).matches();
    }

    void tag(Link vlan, int number, Link parent) {
        tags.put(vlan, new Tag(parent, number));
        vlan.mac(parent.mac());
    }

    boolean isVlan(Link link) {
        return link.name().startsWith("vlan");
    }

    /** A frame has come in by a wire. */
    public void arrive(Link link, byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        Link vlan = frame == null || frame.vlan() == Frame.UNTAGGED ? null : vlan(link, frame.vlan());
        if (frame != null && vlan != null) {
            vlan.arrive(frame.withVlan(Frame.UNTAGGED).encode(), host);
        } else {
            link.arrive(bytes, host);
        }
    }

    private @Nullable Link vlan(Link parent, int number) {
        return tags.entrySet().stream()
                .filter(tag -> tag.getValue().equals(new Tag(parent, number)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** With what is known of it: its addresses, routes, VLANs, memberships. */
    public void detach(Link link) {
        links.remove(link.name());
        link.up(false);
        MemberBridge bridge = link.members();
        if (bridge != null) {
            new ArrayList<>(bridge.members()).forEach(member -> member.master(null, Frame.UNTAGGED));
        }
        link.master(null, Frame.UNTAGGED);
        tags.keySet().remove(link);
        tags.values().removeIf(tag -> tag.parent().equals(link));
        withoutIpv6.remove(link);
        npf.published(link).clear();
        host.remove(link);
    }

    /** An interface of Ethernet has an address of IPv6 by itself when it comes up, unless it was told to have none. */
    public void up(Link link, boolean value) {
        link.up(value);
        if (value && link.members() == null) {
            host.linkLocal(link, !withoutIpv6.contains(link));
        }
    }

    void disableIpv6(Link link) {
        withoutIpv6.add(link);
        host.linkLocal(link, false);
    }
}
