package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message of ICMP or ICMPv6.
 *
 * @param rest the four bytes after the checksum: of an echo its identifier and its number
 */
public record Icmp(int type, int code, int rest, byte[] data) {
    public static final int UNREACHABLE = 3;
    public static final int HOST = 1;
    public static final int PORT = 3;
    public static final int TOO_BIG = 4;
    public static final int REDIRECT = 5;
    public static final int ROUTER_ADVERTISEMENT = 9;
    public static final int TIME_EXCEEDED = 11;

    public static final int V6_UNREACHABLE = 1;
    public static final int V6_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_ROUTER_ADVERTISEMENT = 134;
    public static final int V6_SOLICITATION = 135;
    public static final int V6_ADVERTISEMENT = 136;
    public static final int V6_REDIRECT = 137;

    private static final int ECHO = 8;
    private static final int ECHO_REPLY = 0;
    private static final int V6_ECHO = 128;
    private static final int V6_ECHO_REPLY = 129;
    private static final int HEADER = 8;

    public static Icmp echo(boolean v4, int id, int number, byte[] data) {
        return new Icmp(v4 ? ECHO : V6_ECHO, 0, id << 16 | number & 0xffff, data);
    }

    /** What answers an echo request. */
    Icmp reply() {
        return new Icmp(type == ECHO ? ECHO_REPLY : V6_ECHO_REPLY, code, rest, data);
    }

    public boolean isEcho(boolean v4) {
        return type == (v4 ? ECHO : V6_ECHO);
    }

    public boolean isEchoReply(boolean v4) {
        return type == (v4 ? ECHO_REPLY : V6_ECHO_REPLY);
    }

    public int id() {
        return rest >>> 16;
    }

    public int number() {
        return rest & 0xffff;
    }

    Icmp withId(int id) {
        return new Icmp(type, code, id << 16 | number(), data);
    }

    public static int protocol(boolean v4) {
        return v4 ? IpPacket.ICMP : IpPacket.ICMPV6;
    }

    /** Null for a packet of another protocol, and for a damaged one. */
    public static @Nullable Icmp of(IpPacket packet) {
        byte[] bytes = packet.payload();
        if (packet.protocol() != protocol(packet.isV4()) || bytes.length < HEADER) {
            return null;
        }
        if (checksum(packet.from(), packet.to(), bytes) != 0) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Icmp(
                bytes[0] & 0xff, bytes[1] & 0xff, in.getInt(4), Arrays.copyOfRange(bytes, HEADER, bytes.length));
    }

    private static int checksum(IpAddress from, IpAddress to, byte[] bytes) {
        return from.isV4() ? Checksum.of(bytes) : Checksum.of(from, to, IpPacket.ICMPV6, bytes);
    }

    public IpPacket from(IpAddress from, IpAddress to) {
        return from(from, to, IpPacket.FIRST_HOPS);
    }

    public IpPacket from(IpAddress from, IpAddress to, int hops) {
        ByteBuffer out = ByteBuffer.allocate(HEADER + data.length);
        out.put((byte) type).put((byte) code).putShort((short) 0).putInt(rest).put(data);
        out.putShort(2, (short) checksum(from, to, out.array()));
        return new IpPacket(from, to, protocol(from.isV4()), hops, out.array());
    }
}
