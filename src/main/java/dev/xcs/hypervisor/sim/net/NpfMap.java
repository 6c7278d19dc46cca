package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A map of npf.conf(5), dynamic ones only: hides a subnet behind an address, or leads a port to somebody.
 *
 * @param hidden whose sender is replaced; null for one that leads
 * @param outside dom0's own address
 * @param protocol of a port that leads; 0 for one that hides
 * @param port dom0's
 * @param to who gets what comes in there; dom0's own for one that hides
 */
record NpfMap(
        String text,
        String interfaceName,
        @Nullable Subnet hidden,
        IpAddress outside,
        int protocol,
        int port,
        IpAddress to,
        int toPort) {
    private static final String IP = "([0-9.]+)";
    private static final String IF = "map ([a-z]+[0-9]+) dynamic ";
    private static final Pattern HIDES = Pattern.compile(IF + "([0-9.]+/\\d{1,2}) -> " + IP);
    private static final Pattern LEADS =
            Pattern.compile(IF + "proto (tcp|udp) " + IP + " port (\\d{1,5}) <- " + IP + " port (\\d{1,5})");

    /** @throws IllegalArgumentException with what is not understood */
    static NpfMap parse(String text) {
        Matcher hides = HIDES.matcher(text);
        if (hides.matches()) {
            IpAddress outside = IpAddress.parse(hides.group(3));
            return new NpfMap(text, hides.group(1), Subnet.parse(hides.group(2)), outside, 0, 0, outside, 0);
        }
        Matcher leads = LEADS.matcher(text);
        if (!leads.matches()) {
            throw new IllegalArgumentException("syntax error near '" + text + "'");
        }
        return new NpfMap(
                text,
                leads.group(1),
                null,
                IpAddress.parse(leads.group(5)),
                NpfRule.protocol(PortForward.Protocol.ofJson(leads.group(2))),
                Integer.parseInt(leads.group(6)),
                IpAddress.parse(leads.group(3)),
                Integer.parseInt(leads.group(4)));
    }

    boolean leads(Flow flow) {
        return hidden == null && protocol == flow.protocol() && port == flow.toPort() && outside.equals(flow.to());
    }

    boolean hides(IpPacket packet) {
        return hidden != null && hidden.contains(packet.from());
    }
}
