package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Addresses;
import dev.xcs.hypervisor.sim.net.Arp;
import dev.xcs.hypervisor.sim.net.Dhcp;
import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.hypervisor.sim.net.Icmp;
import dev.xcs.hypervisor.sim.net.IpPacket;
import dev.xcs.hypervisor.sim.net.Neighbour;
import dev.xcs.hypervisor.sim.net.Udp;
import dev.xcs.model.IpAddress;
import java.util.List;

/** The frames that a hostile guest sends, to all on its link. */
enum Forgery {
    /** From an address of Ethernet that is not its own. */
    MAC,
    /** From an address of IPv4 that is not its own. */
    IP,
    /** From an address of IPv6 that is not its own. */
    IP6,
    /** Claims in ARP that another's address is its own. */
    ARP,
    /** Claims the same by IPv6's neighbour discovery. */
    ND,
    /** Offers addresses by DHCP. */
    DHCP,
    /** Offers itself as a router of IPv6. */
    RA;

    static final IpAddress VICTIM = IpAddress.parse("10.66.66.66");
    static final IpAddress VICTIM6 = IpAddress.parse("fd66::66");

    private static final HardwareAddress STRANGER = new HardwareAddress(0x0266_6666_6666L);
    private static final int DISCARD = 9;
    private static final int TRANSACTION = 0x6666;

    /**
     * One such frame.
     *
     * @param own the interface's addresses
     * @param victim whose address is claimed
     */
    byte[] frame(NetFront nic, List<HostAddress> own, IpAddress victim) {
        IpAddress ip = own.stream()
                .map(HostAddress::ip)
                .filter(IpAddress::isV4)
                .findFirst()
                .orElse(Addresses.ANY_V4);
        IpAddress near = Addresses.linkLocal(nic.mac());
        Udp nothing = new Udp(DISCARD, DISCARD, new byte[1]);
        return switch (this) {
            case MAC -> packet(STRANGER, nothing.from(ip, Addresses.BROADCAST));
            case IP -> packet(nic.mac(), nothing.from(victim, Addresses.BROADCAST));
            case IP6 -> packet(nic.mac(), nothing.from(victim, Addresses.ALL_NODES));
            case ARP -> arp(nic, victim);
            case ND -> packet(nic.mac(), new Neighbour(false, victim, nic.mac()).from(near, Addresses.ALL_NODES));
            case DHCP -> packet(nic.mac(), offer(ip).from(ip, Addresses.BROADCAST));
            case RA -> packet(nic.mac(), advertisement().from(near, Addresses.ALL_NODES, 255));
        };
    }

    private static byte[] arp(NetFront nic, IpAddress victim) {
        Arp claim = new Arp(Arp.REPLY, nic.mac(), victim, HardwareAddress.BROADCAST, victim);
        return Frame.untagged(HardwareAddress.BROADCAST, nic.mac(), Frame.ARP, claim.encode())
                .encode();
    }

    private static Udp offer(IpAddress ip) {
        Dhcp offer = Dhcp.asking(Dhcp.DISCOVER, TRANSACTION, STRANGER)
                .answer(Dhcp.OFFER, VICTIM)
                .with(Dhcp.SERVER, ip)
                .with(Dhcp.ROUTER, ip);
        return new Udp(Udp.DHCP_SERVER, Udp.DHCP_CLIENT, offer.encode());
    }

    /** Hop limit 64, a router for half an hour. */
    private static Icmp advertisement() {
        return new Icmp(Icmp.V6_ROUTER_ADVERTISEMENT, 0, 64 << 24 | 1800, new byte[8]);
    }

    private static byte[] packet(HardwareAddress from, IpPacket packet) {
        int type = packet.isV4() ? Frame.IPV4 : Frame.IPV6;
        return Frame.untagged(HardwareAddress.BROADCAST, from, type, packet.encode())
                .encode();
    }
}
