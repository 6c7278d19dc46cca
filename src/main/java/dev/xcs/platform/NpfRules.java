package dev.xcs.platform;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rules of npf.conf(5) for vifs and networks. NPF sees IP only, of what a bridge forwards with {@code brconfig ipf} and of what dom0 itself takes:
 * forged Ethernet and ARP addresses are out of its sight.
 */
public final class NpfRules {
    /** A guest that has no address yet asks for one. */
    private static final String ASKS_FOR_ADDRESS = "(src host 0.0.0.0 and udp src port 68 and udp dst port 67)";

    private static final String DHCP_SERVERS =
            "(ip and udp src port 67 and udp dst port 68)" + " or (ip6 and udp src port 547 and udp dst port 546)";

    /** Redirects and advertisements, as RFC 792, RFC 1256 and RFC 4861 number them. */
    private static final String ROUTERS =
            "(icmp and (icmp[0] == 5 or icmp[0] == 9))" + " or (icmp6 and (ip6[40] == 134 or ip6[40] == 137))";

    /** The target of a neighbour advertisement is behind the header of IPv6 and eight bytes of its own. */
    private static final int TARGET = 48;

    private static final int WORD = 4;

    private NpfRules() {}

    /** What a guest may not send by its interface; in the order in which they are to be asked. */
    public static List<String> guard(String interfaceName, VifGuard guard) {
        List<String> stopped = new ArrayList<>();
        if (!guard.addresses().isEmpty()) {
            stopped.add("ip and not " + any(Stream.concat(hosts(guard, true), Stream.of(ASKS_FOR_ADDRESS))));
            stopped.add("ip6 and not "
                    + any(Stream.concat(
                            hosts(guard, false), Stream.of("src net fe80::/10", "(src host :: and icmp6)"))));
            stopped.add("icmp6 and ip6[40] == 136 and not " + any(targets(guard)));
        }
        if (!guard.dhcpServer()) {
            stopped.add(DHCP_SERVERS);
        }
        if (!guard.routerAdvertiser()) {
            stopped.add(ROUTERS);
        }
        return stopped.stream()
                .map(what -> "block in final on " + interfaceName + " pcap-filter \"" + what + "\"")
                .toList();
    }

    private static String any(Stream<String> alternatives) {
        return "(" + String.join(" or ", alternatives.toList()) + ")";
    }

    private static Stream<String> hosts(VifGuard guard, boolean v4) {
        return guard.addresses().stream().filter(ip -> ip.isV4() == v4).map(ip -> "src host " + ip);
    }

    private static Stream<String> targets(VifGuard guard) {
        return Stream.concat(
                Stream.of("ip6[" + TARGET + ":4] & 0xffc00000 == 0xfe800000"),
                guard.addresses().stream().filter(ip -> !ip.isV4()).map(NpfRules::target));
    }

    private static String target(IpAddress ip) {
        ByteBuffer words = ByteBuffer.wrap(ip.bytes());
        List<String> all = new ArrayList<>();
        for (int at = 0; words.hasRemaining(); at += WORD) {
            all.add("ip6[" + (TARGET + at) + ":4] == 0x" + Integer.toHexString(words.getInt()));
        }
        return "(" + String.join(" and ", all) + ")";
    }

    /**
     * What a NAT network needs where dom0 is on it: guests send from their subnet, and nothing reaches them but dom0, answers, and what is forwarded.
     *
     * @param own dom0's address there
     */
    public static List<String> inside(String interfaceName, Subnet subnet, IpAddress own, List<PortForward> forwards) {
        List<String> rules = new ArrayList<>();
        String in = " in final on " + interfaceName + " ";
        String out = " out final on " + interfaceName + " ";
        rules.add("block" + in + "pcap-filter \"ip and not (src net " + subnet + " or src host 0.0.0.0)\"");
        rules.add("pass stateful" + in + "all");
        rules.add("pass stateful" + out + "from " + own);
        forwards.forEach(forward -> rules.add("pass stateful" + out + "proto "
                + forward.protocol().json() + " to " + forward.to() + " port " + forward.port()));
        rules.add("block" + out + "all");
        return List.copyOf(rules);
    }

    /**
     * What is translated where a NAT network leaves dom0.
     *
     * @param uplink the way out
     * @param own dom0's address there
     */
    public static List<String> maps(HostNetwork network, String uplink, IpAddress own) {
        Subnet hidden = network.masquerade();
        List<String> maps = new ArrayList<>();
        if (hidden != null) {
            maps.add("map " + uplink + " dynamic " + hidden + " -> " + own);
        }
        for (PortForward forward : network.forwards()) {
            IpAddress open = forward.hostAddress() == null ? own : forward.hostAddress();
            maps.add("map " + uplink + " dynamic proto " + forward.protocol().json() + " " + forward.to() + " port "
                    + forward.port() + " <- " + open + " port " + forward.hostPort());
        }
        return List.copyOf(maps);
    }
}
