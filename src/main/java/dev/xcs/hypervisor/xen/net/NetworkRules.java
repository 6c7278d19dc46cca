package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.Problem;
import dev.xcs.model.Subnet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a network needs of nftables, as commands: a table of its own, so that it is replaced and removed as a whole. In it the guests of a NAT
 * network are hidden, its port forwards lead to them, and nothing else is forwarded to them. Chains without rules remember what was
 * turned on for the network.
 */
public final class NetworkRules {
    /** Of every network's table, of the family inet. */
    private static final String TABLE_PREFIX = "xcs-";

    private final String table;
    private final List<String> lines = new ArrayList<>();

    private NetworkRules(String network) {
        this.table = "inet " + table(network);
    }

    public static String table(String network) {
        if (!NetworkSpec.isName(network)) {
            throw Problem.invalidField("name", network, NetworkSpec.NAME_EXPECTED)
                    .toException();
        }
        return TABLE_PREFIX + network;
    }

    /** The network of a table of the family inet; empty if it is not one of ours. */
    public static Optional<String> networkOf(String table) {
        return Optional.of(table)
                .filter(name -> name.startsWith(TABLE_PREFIX))
                .map(name -> name.substring(TABLE_PREFIX.length()))
                .filter(NetworkSpec::isName);
    }

    /** Whether dom0 must not forward what guests of a network of its own send, but nothing of the network depends on that. */
    public static boolean isWelcome(HostNetwork network) {
        return network.bridge() != null && network.uplink() == null;
    }

    /** Whether a network needs a table. */
    public static boolean isNeeded(HostNetwork network) {
        return network.masquerade() != null || network.routed();
    }

    /** The commands that make, or replace, a network's table. */
    public static String put(HostNetwork network, Collection<Sysctl> remembered) {
        NetworkRules rules = new NetworkRules(network.name());
        rules.line("add table " + rules.table);
        rules.line("delete table " + rules.table);
        rules.line("add table " + rules.table);
        remembered.forEach(rules::remember);
        Subnet hidden = network.masquerade();
        String bridge = network.bridge();
        if (hidden != null && bridge != null) {
            rules.addNat(network, hidden, InterfaceName.check("bridge", bridge));
            rules.addForwarding(network, hidden, bridge);
        } else if (bridge != null && isWelcome(network)) {
            rules.addIsolation(InterfaceName.check("bridge", bridge));
        }
        return rules.text();
    }

    /** The command by which a network's table remembers something more. */
    public static String remember(String network, Sysctl sysctl) {
        NetworkRules rules = new NetworkRules(network);
        rules.remember(sysctl);
        return rules.text();
    }

    public static String remove(String network) {
        NetworkRules rules = new NetworkRules(network);
        rules.line("add table " + rules.table);
        rules.line("delete table " + rules.table);
        return rules.text();
    }

    private void remember(Sysctl sysctl) {
        line("add chain " + table + " " + sysctl.chain());
    }

    private void addNat(HostNetwork network, Subnet hidden, String bridge) {
        String uplink = checked(network.uplink());
        base("prerouting", "nat", "dstnat");
        base("output", "nat", "-100");
        for (PortForward forward : network.forwards()) {
            String leads = arrives(forward) + " dnat ip to " + forward.to() + ":" + forward.port();
            rule("prerouting", leads);
            rule("output", leads);
        }
        base("postrouting", "nat", "srcnat");
        String way = uplink == null ? "oifname != \"" + bridge + "\"" : "oifname \"" + uplink + "\"";
        rule("postrouting", "ip saddr " + hidden + " ip daddr != " + hidden + " " + way + " masquerade");
        // A guest, or dom0 at its loopback address, that uses a forward: the answer has to come back the same way.
        rule(
                "postrouting",
                "oifname \"" + bridge + "\" ip saddr { " + hidden + ", 127.0.0.0/8 } ct status dnat masquerade");
        if (turnsLoopback(network)) {
            // Because route_localnet is on for the bridge: nothing that a guest addresses to dom0's loopback may get
            // there.
            base("raw", "filter", "raw");
            rule("raw", "iifname \"" + bridge + "\" ip daddr 127.0.0.0/8 drop");
        }
    }

    /** Whether dom0 is to reach a forward at its loopback address too. */
    public static boolean turnsLoopback(HostNetwork network) {
        return network.forwards().stream().anyMatch(NetworkRules::isOnLoopback);
    }

    private static boolean isOnLoopback(PortForward forward) {
        IpAddress address = forward.hostAddress();
        return address == null || address.text().startsWith("127.");
    }

    private static String arrives(PortForward forward) {
        IpAddress address = forward.hostAddress();
        String at = address == null ? "fib daddr type local" : "ip daddr " + address;
        return "meta nfproto ipv4 " + at + " " + forward.protocol().json() + " dport " + forward.hostPort();
    }

    private void addForwarding(HostNetwork network, Subnet hidden, String bridge) {
        String uplink = checked(network.uplink());
        String in = "iifname \"" + bridge + "\"";
        String out = "oifname \"" + bridge + "\"";
        base("forward", "filter", "filter");
        // Between guests of the same bridge: an own forward, or br_netfilter.
        rule("forward", in + " " + out + " accept");
        rule("forward", in + " ip saddr != " + hidden + " drop");
        rule("forward", in + " meta nfproto ipv6 drop");
        rule("forward", "ct state established,related accept");
        if (uplink != null) {
            rule("forward", in + " oifname != \"" + uplink + "\" drop");
        }
        for (PortForward forward : network.forwards()) {
            rule(
                    "forward",
                    out + " ip daddr " + forward.to() + " " + forward.protocol().json() + " dport " + forward.port()
                            + " ct status dnat accept");
        }
        rule("forward", out + " drop");
    }

    private void addIsolation(String bridge) {
        base("forward", "filter", "filter");
        rule("forward", "iifname \"" + bridge + "\" oifname \"" + bridge + "\" accept");
        rule("forward", "iifname \"" + bridge + "\" drop");
        rule("forward", "oifname \"" + bridge + "\" drop");
    }

    private static @Nullable String checked(@Nullable String uplink) {
        return uplink == null ? null : InterfaceName.check("uplink", uplink);
    }

    private void base(String chain, String type, String priority) {
        String hook = chain.equals("raw") ? "prerouting" : chain;
        line("add chain " + table + " " + chain + " { type " + type + " hook " + hook + " priority " + priority
                + "; policy accept; }");
    }

    private void rule(String chain, String text) {
        line("add rule " + table + " " + chain + " " + text);
    }

    private void line(String text) {
        lines.add(text);
    }

    private String text() {
        return String.join("\n", lines) + "\n";
    }
}
