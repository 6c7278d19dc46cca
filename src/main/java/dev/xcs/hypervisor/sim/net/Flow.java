package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Between whom a packet goes.
 *
 * @param protocol UDP, TCP, or ICMP for echoes, which have their identifier in the place of both ports
 */
record Flow(int protocol, IpAddress from, int fromPort, IpAddress to, int toPort) {
    /** Null for packets that are of no flow that can be told apart from others. */
    static @Nullable Flow of(IpPacket packet) {
        Udp udp = Udp.of(packet);
        if (udp != null) {
            return new Flow(IpPacket.UDP, packet.from(), udp.fromPort(), packet.to(), udp.toPort());
        }
        Tcp tcp = Tcp.of(packet);
        if (tcp != null) {
            return new Flow(IpPacket.TCP, packet.from(), tcp.fromPort(), packet.to(), tcp.toPort());
        }
        Icmp icmp = Icmp.of(packet);
        boolean echo = icmp != null && (icmp.isEcho(packet.isV4()) || icmp.isEchoReply(packet.isV4()));
        return icmp == null || !echo
                ? null
                : new Flow(packet.protocol(), packet.from(), icmp.id(), packet.to(), icmp.id());
    }

    /** Of what is answered. */
    Flow inverse() {
        return new Flow(protocol, to, toPort, from, fromPort);
    }

    /** The same packet, but between these. */
    IpPacket carry(IpPacket packet) {
        Udp udp = Udp.of(packet);
        Tcp tcp = Tcp.of(packet);
        Icmp icmp = Icmp.of(packet);
        IpPacket carried = packet;
        if (udp != null) {
            carried = new Udp(fromPort, toPort, udp.data()).from(from, to);
        } else if (tcp != null) {
            carried = new Tcp(fromPort, toPort, tcp.sequence(), tcp.acknowledged(), tcp.flags()).from(from, to);
        } else if (icmp != null) {
            carried = icmp.withId(fromPort).from(from, to);
        }
        return carried.withHops(packet.hops());
    }
}
