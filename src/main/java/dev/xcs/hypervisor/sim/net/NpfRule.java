package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A filter rule of npf.conf(5), of the forms that are known here.
 *
 * @param passes whether it lets pass what it matches, else it stops that
 * @param stateful whether the answers to what it lets pass pass too
 */
record NpfRule(
        String text, boolean passes, boolean stateful, boolean in, String interfaceName, Predicate<IpPacket> matches) {
    private static final String IP = "[0-9a-f.:]+";
    private static final Pattern RULE =
            Pattern.compile("(pass stateful|block) (in|out) final on ([a-z]+[0-9][0-9a-z]*) (.+)");
    private static final Pattern FROM = Pattern.compile("from (" + IP + "(?:/\\d{1,3})?)");
    private static final Pattern TO = Pattern.compile("proto (tcp|udp) to (" + IP + ") port (\\d{1,5})");
    private static final Pattern PCAP = Pattern.compile("pcap-filter \"([^\"]+)\"");

    /** @throws IllegalArgumentException with what is not understood */
    static NpfRule parse(String text) {
        Matcher rule = RULE.matcher(text);
        if (!rule.matches()) {
            throw new IllegalArgumentException("syntax error near '" + text + "'");
        }
        boolean passes = !rule.group(1).equals("block");
        return new NpfRule(text, passes, passes, rule.group(2).equals("in"), rule.group(3), filter(rule.group(4)));
    }

    private static Predicate<IpPacket> filter(String text) {
        Matcher from = FROM.matcher(text);
        Matcher to = TO.matcher(text);
        Matcher pcap = PCAP.matcher(text);
        if (text.equals("all")) {
            return packet -> true;
        }
        if (from.matches()) {
            Subnet net = subnet(from.group(1));
            return packet -> net.contains(packet.from());
        }
        if (to.matches()) {
            int protocol = protocol(PortForward.Protocol.ofJson(to.group(1)));
            IpAddress address = IpAddress.parse(to.group(2));
            int port = Integer.parseInt(to.group(3));
            return packet -> {
                Flow flow = Flow.of(packet);
                return flow != null
                        && flow.protocol() == protocol
                        && flow.to().equals(address)
                        && flow.toPort() == port;
            };
        }
        if (pcap.matches()) {
            return PcapFilter.parse(pcap.group(1));
        }
        throw new IllegalArgumentException("syntax error near '" + text + "'");
    }

    private static Subnet subnet(String text) {
        return text.indexOf('/') < 0 ? Subnet.host(IpAddress.parse(text)) : Subnet.parse(text);
    }

    static int protocol(PortForward.Protocol protocol) {
        return protocol == PortForward.Protocol.TCP ? IpPacket.TCP : IpPacket.UDP;
    }
}
