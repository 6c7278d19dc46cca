package dev.xcs.testing;

import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Ethernet frames as guests send them, good ones and forged ones. */
public final class Frames {
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_ARP = 0x0806;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int ROUTER_ADVERTISEMENT = 134;

    private Frames() {}

    /** Of a protocol that nobody knows, to everybody. */
    public static byte[] plain(MacAddress from, String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        return ethernet(from, 0x88b5, ByteBuffer.allocate(64).put(payload).array());
    }

    public static byte[] tagged(MacAddress from, int vlan) {
        byte[] payload = ByteBuffer.allocate(64)
                .putShort((short) vlan)
                .putShort((short) 0x88b5)
                .array();
        return ethernet(from, ETHERTYPE_VLAN, payload);
    }

    /** The same frame, but for one receiver. */
    public static byte[] to(MacAddress receiver, byte[] frame) {
        byte[] copy = frame.clone();
        System.arraycopy(receiver.bytes(), 0, copy, 0, receiver.bytes().length);
        return copy;
    }

    /** An announcement of an IPv4 address. */
    public static byte[] arp(MacAddress from, MacAddress sender, IpAddress address) {
        ByteBuffer arp = ByteBuffer.allocate(46);
        arp.putShort((short) 1)
                .putShort((short) ETHERTYPE_IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) 2);
        arp.put(sender.bytes()).put(address.bytes()).put(sender.bytes()).put(address.bytes());
        return ethernet(from, ETHERTYPE_ARP, arp.array());
    }

    public static byte[] udp(MacAddress from, IpAddress source, IpAddress target, int sourcePort, int targetPort) {
        ByteBuffer udp = ByteBuffer.allocate(26);
        udp.putShort((short) sourcePort).putShort((short) targetPort).putShort((short) 26);
        return source.isV4()
                ? ethernet(from, ETHERTYPE_IPV4, ipv4(source, target, udp.array()))
                : ethernet(from, ETHERTYPE_IPV6, ipv6(source, target, UDP, udp.array()));
    }

    public static byte[] routerAdvertisement(MacAddress from, IpAddress source) {
        byte[] icmp = new byte[16];
        icmp[0] = (byte) ROUTER_ADVERTISEMENT;
        return ethernet(from, ETHERTYPE_IPV6, ipv6(source, new IpAddress("ff02::1"), ICMPV6, icmp));
    }

    public static byte[] neighbourAdvertisement(MacAddress from, IpAddress source, IpAddress about) {
        byte[] icmp = ByteBuffer.allocate(24)
                .put((byte) NEIGHBOUR_ADVERTISEMENT)
                .put(8, about.bytes())
                .array();
        return ethernet(from, ETHERTYPE_IPV6, ipv6(source, new IpAddress("ff02::1"), ICMPV6, icmp));
    }

    private static byte[] ipv4(IpAddress source, IpAddress target, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(20 + payload.length);
        packet.putShort((short) 0x4500).putShort((short) packet.capacity()).putInt(0);
        packet.put((byte) 64).put((byte) UDP).putShort((short) 0);
        packet.put(source.bytes()).put(target.bytes()).put(payload);
        return packet.putShort(10, checksum(packet.array(), 20)).array();
    }

    private static short checksum(byte[] bytes, int length) {
        int sum = 0;
        for (int i = 0; i < length; i += 2) {
            sum += Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(i));
        }
        return (short) ~((sum & 0xffff) + (sum >> 16));
    }

    private static byte[] ipv6(IpAddress source, IpAddress target, int next, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(40 + payload.length);
        packet.putInt(0x60000000)
                .putShort((short) payload.length)
                .put((byte) next)
                .put((byte) 255);
        return packet.put(source.bytes()).put(target.bytes()).put(payload).array();
    }

    private static byte[] ethernet(MacAddress from, int type, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
        for (int i = 0; i < 6; i++) {
            frame.put((byte) 0xff);
        }
        return frame.put(from.bytes()).putShort((short) type).put(payload).array();
    }
}
