package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.VifGuard;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The guards of vifs as nftables commands: in one table a chain for each interface, which sees every frame that comes in through it before
 * a bridge does, and a counter of what it dropped. The counter is kept when a guard is replaced.
 */
public final class GuardRules {
    /** Of the family netdev. */
    public static final String TABLE = "xcs";

    /** Before whatever others have there. */
    private static final int PRIORITY = -500;

    private static final String CHAIN_PREFIX = "guard-";
    private static final String COUNTER_PREFIX = "drops-";
    private static final String ANY_V4 = "0.0.0.0";
    private static final String LINK_LOCAL = "fe80::/10";
    private static final int LINK_LOCAL_FIRST_10_BITS = 0xfe80 >> 6;

    private final String name;
    private final String drop;
    private final List<String> lines = new ArrayList<>();

    private GuardRules(String name) {
        this.name = InterfaceName.check("name", name);
        this.drop = "counter name " + counter(name) + " drop";
    }

    /** The commands that put a guard before an interface, in the place of the one it has. */
    public static String put(String interfaceName, VifGuard guard) {
        GuardRules rules = new GuardRules(interfaceName);
        rules.begin();
        if (guard.silent()) {
            rules.rule(rules.drop);
        } else {
            rules.addRules(guard);
        }
        return rules.text();
    }

    /** The commands that take a guard away, be it that its interface is gone. */
    public static String remove(String interfaceName) {
        GuardRules rules = new GuardRules(interfaceName);
        String chain = rules.chain();
        // The kernel removes the chain of an interface that goes: added without a hook it is there in any case.
        rules.line("add table netdev " + TABLE);
        rules.line("add counter netdev " + TABLE + " " + counter(interfaceName));
        rules.line("add chain " + chain);
        rules.line("flush chain " + chain);
        rules.line("delete chain " + chain);
        rules.line("delete counter netdev " + TABLE + " " + counter(interfaceName));
        return rules.text();
    }

    /** The command that takes all guards away. */
    public static String removeTable() {
        return "add table netdev " + TABLE + "\ndelete table netdev " + TABLE + "\n";
    }

    /** Commands that a kernel takes if it can guard interfaces at all; only to be tried. */
    public static String trial() {
        return "add table netdev xcs-trial\n"
                + "add chain netdev xcs-trial trial { type filter hook ingress device \"lo\" priority " + PRIORITY
                + "; }\n";
    }

    /** Whether a guard would stop anything. */
    public static boolean isNeeded(VifGuard guard) {
        return guard.silent()
                || guard.mac() != null
                || !guard.addresses().isEmpty()
                || !guard.dhcpServer()
                || !guard.routerAdvertiser();
    }

    public static String counter(String interfaceName) {
        return COUNTER_PREFIX + interfaceName;
    }

    /** The interface of a counter of the table. */
    public static String interfaceOf(String counter) {
        return counter.startsWith(COUNTER_PREFIX) ? counter.substring(COUNTER_PREFIX.length()) : counter;
    }

    private String chain() {
        return "netdev " + TABLE + " " + CHAIN_PREFIX + name;
    }

    private void begin() {
        line("add table netdev " + TABLE);
        line("add counter netdev " + TABLE + " " + counter(name));
        line("add chain " + chain() + " { type filter hook ingress device \"" + name + "\" priority " + PRIORITY
                + "; policy accept; }");
        line("flush chain " + chain());
    }

    private void addRules(VifGuard guard) {
        MacAddress mac = guard.mac();
        boolean anyAddress = guard.addresses().isEmpty();
        if (mac != null || !anyAddress) {
            // A tag would hide from the rules what is behind it.
            rule("ether type { 0x8100, 0x88a8, 0x9100 } " + drop);
        }
        if (mac != null) {
            addMac(mac);
        }
        if (!guard.dhcpServer()) {
            rule("ip protocol udp udp sport 67 udp dport 68 " + drop);
            rule("meta protocol ip6 udp sport 547 udp dport 546 " + drop);
        }
        if (!guard.routerAdvertiser()) {
            rule("icmp type { redirect, router-advertisement } " + drop);
            rule("icmpv6 type { nd-router-advert, nd-redirect } " + drop);
        }
        if (!anyAddress) {
            addV4(guard);
            addV6(guard);
        }
    }

    private void addMac(MacAddress mac) {
        rule("ether saddr != " + mac + " " + drop);
        rule("arp saddr ether != " + mac + " " + drop);
        // Spanning tree: a switch outside may close its port for it.
        rule("ether daddr 01:80:c2:00:00:00 " + drop);
    }

    private void addV4(VifGuard guard) {
        List<String> own = texts(guard, IpAddress::isV4);
        rule("arp saddr ip != " + set(Stream.concat(Stream.of(ANY_V4), own.stream())) + " " + drop);
        rule("ip saddr " + ANY_V4 + " udp sport 68 udp dport 67 accept");
        rule((own.isEmpty() ? "meta protocol ip " : "ip saddr != " + set(own.stream()) + " ") + drop);
    }

    private void addV6(VifGuard guard) {
        // Link-local ones are allowed in any case, and a set whose parts overlap is refused.
        Predicate<IpAddress> wide = address -> !address.isV4() && !isLinkLocal(address);
        List<String> own = texts(guard, wide);
        String targets = guard.addresses().stream()
                .filter(wide)
                .map(address -> "0x" + HexFormat.of().formatHex(address.bytes()))
                .collect(Collectors.joining(", "));
        String foreign = "@th,64,10 != " + LINK_LOCAL_FIRST_10_BITS
                + (targets.isEmpty() ? " " : " @th,64,128 != { " + targets + " } ");
        rule("icmpv6 type nd-neighbor-advert " + foreign + drop);
        rule("ip6 saddr :: icmpv6 type { mld-listener-report, nd-router-solicit, nd-neighbor-solicit,"
                + " mld2-listener-report } accept");
        rule("ip6 saddr != " + set(Stream.concat(Stream.of(LINK_LOCAL), own.stream())) + " " + drop);
    }

    private static boolean isLinkLocal(IpAddress address) {
        byte[] bytes = address.bytes();
        return (Byte.toUnsignedInt(bytes[0]) << 2 | Byte.toUnsignedInt(bytes[1]) >> 6) == LINK_LOCAL_FIRST_10_BITS;
    }

    private static List<String> texts(VifGuard guard, Predicate<IpAddress> wanted) {
        return guard.addresses().stream()
                .filter(wanted)
                .distinct()
                .sorted()
                .map(IpAddress::text)
                .toList();
    }

    private static String set(Stream<String> elements) {
        return elements.collect(Collectors.joining(", ", "{ ", " }"));
    }

    private void rule(String text) {
        line("add rule " + chain() + " " + text);
    }

    private void line(String text) {
        lines.add(text);
    }

    private String text() {
        return String.join("\n", lines) + "\n";
    }
}
