package dev.xcs.platform;

import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import java.util.List;

/**
 * The command lines of NetBSD's network: ifconfig(8), brconfig(8), route(8), arp(8), ndp(8), sysctl(8). There is no shell between, and names and addresses
 * are those that the models have checked: none begins with a hyphen.
 */
public final class NetbsdNetwork {
    private static final String FORWARDING = "net.inet.ip.forwarding";

    private NetbsdNetwork() {}

    /** All interfaces with their counters. */
    public static List<String> interfaces() {
        return List.of("ifconfig", "-a", "-v");
    }

    public static List<String> create(String name) {
        return List.of("ifconfig", name, "create");
    }

    public static List<String> destroy(String name) {
        return List.of("ifconfig", name, "destroy");
    }

    public static List<String> up(String name) {
        return List.of("ifconfig", name, "up");
    }

    public static List<String> down(String name) {
        return List.of("ifconfig", name, "down");
    }

    public static List<String> mtu(String name, int bytes) {
        return List.of("ifconfig", name, "mtu", String.valueOf(bytes));
    }

    /** Replaces the Ethernet address of an interface. */
    public static List<String> hardware(String name, MacAddress mac) {
        return List.of("ifconfig", name, "link", mac.text(), "active");
    }

    public static List<String> address(String name, IpAddress ip, int prefix) {
        return List.of("ifconfig", name, family(ip), ip + "/" + prefix, "alias");
    }

    public static List<String> withoutAddress(String name, IpAddress ip) {
        return List.of("ifconfig", name, family(ip), ip.toString(), "-alias");
    }

    private static String family(IpAddress ip) {
        return ip.isV4() ? "inet" : "inet6";
    }

    /** Of an interface of vlan(4) that was created. */
    public static List<String> vlan(String name, int tag, String parent) {
        return List.of("ifconfig", name, "vlan", String.valueOf(tag), "vlanif", parent);
    }

    /** Dom0 has no IPv6 there from now on; what a bridge forwards is not affected. */
    public static List<String> withoutIpv6(String name) {
        return List.of("ndp", "-i", name, "ifdisabled");
    }

    /** All bridges with their members. */
    public static List<String> bridges() {
        return List.of("brconfig", "-a");
    }

    public static List<String> start(String bridge) {
        return List.of("brconfig", bridge, "up");
    }

    /** Lets the packet filter see what a bridge forwards: IP and ARP then, and nothing else is forwarded any more. */
    public static List<String> filter(String bridge) {
        return List.of("brconfig", bridge, "ipf");
    }

    public static List<String> join(String bridge, String member) {
        return List.of("brconfig", bridge, "add", member);
    }

    /** Only one address is behind a member, whatever it sends from. */
    public static List<String> joinAs(String bridge, String member, MacAddress mac) {
        return List.of("brconfig", bridge, "add", member, "-learn", member, "static", member, mac.text());
    }

    /** As the rest of {@link #joinAs}, of a member. */
    public static List<String> fix(String bridge, String member, MacAddress mac) {
        return List.of("brconfig", bridge, "-learn", member, "static", member, mac.text());
    }

    public static List<String> learn(String bridge, String member) {
        return List.of("brconfig", bridge, "learn", member);
    }

    public static List<String> leave(String bridge, String member) {
        return List.of("brconfig", bridge, "delete", member);
    }

    public static List<String> forget(String bridge, MacAddress mac) {
        return List.of("brconfig", bridge, "deladdr", mac.text());
    }

    /**
     * A route to one host.
     *
     * @param own dom0's address on the interface
     */
    public static List<String> route(IpAddress host, IpAddress own, String interfaceName) {
        return List.of(
                "route", "-n", "add", "-host", host.toString(), "-interface", own.toString(), "-ifp", interfaceName);
    }

    public static List<String> unroute(IpAddress host) {
        return List.of("route", "-n", "delete", "-host", host.toString());
    }

    public static List<String> defaultRoute() {
        return List.of("route", "-n", "get", "default");
    }

    /** Dom0 answers ARP for a host: on the interface that its routes lead to that host by, so before it is routed elsewhere. */
    public static List<String> publish(IpAddress host, String mac) {
        return List.of("arp", "-s", host.toString(), mac, "pub");
    }

    public static List<String> unpublish(IpAddress host) {
        return List.of("arp", "-d", host.toString());
    }

    public static List<String> forwarding() {
        return List.of("sysctl", "-n", FORWARDING);
    }

    public static List<String> forwarding(boolean value) {
        return List.of("sysctl", "-w", FORWARDING + "=" + (value ? 1 : 0));
    }
}
