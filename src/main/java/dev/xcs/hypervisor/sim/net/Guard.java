package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.VifGuard;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says which frames of a guest its {@link VifGuard} lets pass, and counts the others. Not thread-safe. */
public final class Guard {
    /** Spanning tree: a switch outside may close its port for it. */
    private static final HardwareAddress BRIDGES = new HardwareAddress(0x0180_c200_0000L);

    private VifGuard rules;
    private @Nullable HardwareAddress mac;
    private Set<IpAddress> addresses = Set.of();
    private long stopped;

    public Guard(VifGuard rules) {
        this.rules = rules;
        replace(rules);
    }

    /** Whether a guard would stop anything. */
    public static boolean isNeeded(VifGuard rules) {
        return rules.silent()
                || rules.mac() != null
                || !rules.addresses().isEmpty()
                || !rules.dhcpServer()
                || !rules.routerAdvertiser();
    }

    /** Other rules from now on; what was counted stays. */
    public void replace(VifGuard newRules) {
        rules = newRules;
        mac = newRules.mac() == null ? null : HardwareAddress.of(newRules.mac());
        addresses = Set.copyOf(newRules.addresses());
    }

    public boolean isSilent() {
        return rules.silent();
    }

    public long stopped() {
        return stopped;
    }

    /** Whether a frame of the guest passes. */
    public boolean passes(byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        boolean passes = frame != null && !rules.silent() && isAllowed(frame);
        stopped += passes ? 0 : 1;
        return passes;
    }

    private boolean isAllowed(Frame frame) {
        // A tag would hide what is behind it.
        if ((frame.isTagged() && (mac != null || !addresses.isEmpty()))
                || !isOwn(frame.from())
                || (mac != null && frame.to().equals(BRIDGES))) {
            return false;
        }
        return switch (frame.type()) {
            case Frame.ARP -> {
                Arp message = Arp.parse(frame.payload());
                yield message != null
                        && isOwn(message.sender())
                        && (isOwn(message.senderIp()) || Addresses.isAny(message.senderIp()));
            }
            case Frame.IPV4, Frame.IPV6 -> isAllowed(IpPacket.of(frame));
            default -> true;
        };
    }

    private boolean isOwn(HardwareAddress sender) {
        return mac == null || sender.equals(mac);
    }

    private boolean isOwn(IpAddress ip) {
        return addresses.isEmpty() || addresses.contains(ip) || Addresses.isLinkLocal(ip);
    }

    /** What cannot be read cannot be trusted either. */
    private boolean isAllowed(@Nullable IpPacket packet) {
        if (packet == null) {
            return false;
        }
        Udp datagram = Udp.glance(packet);
        Icmp message = Icmp.glance(packet);
        boolean asksForAddress = Addresses.isAny(packet.from())
                && (datagram != null
                        ? isDhcpRequest(packet, datagram)
                        : message != null && message.mayComeFromNobody());
        return (isOwn(packet.from()) || asksForAddress)
                && (datagram == null || isAllowed(packet, datagram))
                && (message == null || isAllowed(packet, message));
    }

    private static boolean isDhcpRequest(IpPacket packet, Udp datagram) {
        return packet.isV4() && datagram.fromPort() == Udp.DHCP_CLIENT && datagram.toPort() == Udp.DHCP_SERVER;
    }

    private boolean isAllowed(IpPacket packet, Udp datagram) {
        boolean serves = packet.isV4()
                ? datagram.fromPort() == Udp.DHCP_SERVER && datagram.toPort() == Udp.DHCP_CLIENT
                : datagram.fromPort() == Udp.DHCPV6_SERVER && datagram.toPort() == Udp.DHCPV6_CLIENT;
        return rules.dhcpServer() || !serves;
    }

    private boolean isAllowed(IpPacket packet, Icmp message) {
        Neighbour neighbour = packet.isV4() ? null : Neighbour.of(message);
        boolean answersForItself = neighbour == null || neighbour.solicits() || isOwn(neighbour.target());
        return answersForItself && (rules.routerAdvertiser() || !message.isOfRouters(packet.isV4()));
    }
}
