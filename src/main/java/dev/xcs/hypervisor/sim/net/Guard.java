package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.VifGuard;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says which frames of a guest its {@link VifGuard} lets pass, and counts the others. Not thread-safe. */
public final class Guard {
    private VifGuard rules;
    private @Nullable HardwareAddress mac;
    private Set<IpAddress> addresses = Set.of();
    private long stopped;

    public Guard(VifGuard rules) {
        this.rules = rules;
        replace(rules);
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
        boolean passes = frame != null && isAllowed(frame);
        stopped += passes ? 0 : 1;
        return passes;
    }

    private boolean isAllowed(Frame frame) {
        if (!isOwn(frame.from())) {
            return false;
        }
        return switch (frame.type()) {
            case Frame.ARP -> {
                Arp message = Arp.parse(frame.payload());
                yield message != null && isOwn(message.sender()) && isOwn(message.senderIp());
            }
            case Frame.IPV4, Frame.IPV6 -> isAllowed(IpPacket.of(frame));
            default -> true;
        };
    }

    private boolean isOwn(HardwareAddress sender) {
        return mac == null || sender.equals(mac);
    }

    private boolean isOwn(IpAddress ip) {
        return addresses.isEmpty()
                || addresses.contains(ip)
                || ip.equals(Addresses.ANY_V4)
                || ip.equals(Addresses.ANY_V6)
                || Addresses.isLinkLocal(ip);
    }

    /** What cannot be read cannot be trusted either. */
    private boolean isAllowed(@Nullable IpPacket packet) {
        if (packet == null || !isOwn(packet.from())) {
            return false;
        }
        Udp datagram = Udp.of(packet);
        Icmp message = Icmp.of(packet);
        return (datagram == null || isAllowed(packet, datagram)) && (message == null || isAllowed(packet, message));
    }

    private boolean isAllowed(IpPacket packet, Udp datagram) {
        int server = packet.isV4() ? Udp.DHCP_SERVER : Udp.DHCPV6_SERVER;
        return rules.dhcpServer() || datagram.fromPort() != server;
    }

    private boolean isAllowed(IpPacket packet, Icmp message) {
        if (packet.isV4()) {
            return true;
        }
        boolean routers = message.type() == Icmp.V6_ROUTER_ADVERTISEMENT || message.type() == Icmp.V6_REDIRECT;
        Neighbour neighbour = Neighbour.of(message);
        boolean answersForItself = neighbour == null || neighbour.solicits() || isOwn(neighbour.target());
        return answersForItself && (rules.routerAdvertiser() || !routers);
    }
}
