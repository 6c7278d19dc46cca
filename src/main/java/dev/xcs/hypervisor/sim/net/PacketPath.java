package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;

/** What a host does with packets beyond its own: a router overrides this. */
public interface PacketPath {
    /** A host that is no router. */
    PacketPath NONE = new PacketPath() {};

    /** Whether a packet may come in at all. */
    default boolean admits(Nic in, IpPacket packet) {
        return true;
    }

    /** Whether a packet may go out at all, be it the host's own or another's. */
    default boolean emits(Nic out, IpPacket packet) {
        return true;
    }

    /** What becomes of a packet before it is decided whose it is. */
    default IpPacket arriving(Nic in, IpPacket packet) {
        return packet;
    }

    /** Whether a packet may go through the host. */
    default boolean passes(Nic in, Nic out, IpPacket packet) {
        return false;
    }

    /** What becomes of a packet before it leaves, be it the host's own or another's. */
    default IpPacket leaving(Nic out, IpPacket packet) {
        return packet;
    }

    /** Whether the host answers on an interface in the place of one that it reaches through another (proxy ARP and ND). */
    default boolean isProxy(Nic nic, IpAddress wanted) {
        return false;
    }
}
