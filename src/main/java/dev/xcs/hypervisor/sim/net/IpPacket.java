package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A packet of IPv4 or IPv6, whole: fragments are neither made nor understood.
 *
 * @param protocol of the payload, one of the constants or another
 * @param hops how many more hosts may pass it on
 */
public record IpPacket(IpAddress from, IpAddress to, int protocol, int hops, byte[] payload) {
    public static final int ICMP = 1;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;

    /** Where hosts begin to count. */
    public static final int FIRST_HOPS = 64;
    /** Neighbours prove with it that no router was between (RFC 4861). */
    static final int ALL_HOPS = 255;

    private static final int HEADER_V4 = 20;
    private static final int HEADER_V6 = 40;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int FRAGMENT = 0x3fff;
    /** Hop-by-hop options, routing and destination options, which are passed over. */
    private static final Set<Integer> EXTENSIONS = Set.of(0, 43, 60);

    public static IpPacket of(IpAddress from, IpAddress to, int protocol, byte[] payload) {
        return new IpPacket(from, to, protocol, FIRST_HOPS, payload);
    }

    public boolean isV4() {
        return from.isV4();
    }

    public IpPacket with(IpAddress newFrom, IpAddress newTo, byte[] newPayload) {
        return new IpPacket(newFrom, newTo, protocol, hops, newPayload);
    }

    IpPacket withHops(int number) {
        return new IpPacket(from, to, protocol, number, payload);
    }

    /** How many bytes it takes on a link. */
    int size() {
        return (isV4() ? HEADER_V4 : HEADER_V6) + payload.length;
    }

    /** Of a frame; null for anything else, and for what is damaged or a fragment. */
    public static @Nullable IpPacket of(Frame frame) {
        return switch (frame.type()) {
            case Frame.IPV4 -> parseV4(frame.payload());
            case Frame.IPV6 -> parseV6(frame.payload());
            default -> null;
        };
    }

    private static @Nullable IpPacket parseV4(byte[] bytes) {
        if (bytes.length < HEADER_V4) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int header = (bytes[0] & 0xf) * 4;
        int length = in.getShort(2) & 0xffff;
        boolean whole = bytes[0] >> 4 == 4 && header >= HEADER_V4 && length >= header && length <= bytes.length;
        if (!whole || (in.getShort(6) & FRAGMENT) != 0 || Checksum.of(Arrays.copyOf(bytes, header)) != 0) {
            return null;
        }
        return new IpPacket(
                Addresses.at(bytes, 12, 4),
                Addresses.at(bytes, 16, 4),
                bytes[9] & 0xff,
                bytes[8] & 0xff,
                Arrays.copyOfRange(bytes, header, length));
    }

    private static @Nullable IpPacket parseV6(byte[] bytes) {
        if (bytes.length < HEADER_V6 || (bytes[0] & 0xf0) != 0x60) {
            return null;
        }
        int end = HEADER_V6 + (ByteBuffer.wrap(bytes).getShort(4) & 0xffff);
        int next = bytes[6] & 0xff;
        int at = HEADER_V6;
        while (EXTENSIONS.contains(next) && at + 8 <= Math.min(end, bytes.length)) {
            next = bytes[at] & 0xff;
            at += 8 + 8 * (bytes[at + 1] & 0xff);
        }
        if (end > bytes.length || at > end) {
            return null;
        }
        return new IpPacket(
                Addresses.at(bytes, 8, 16),
                Addresses.at(bytes, 24, 16),
                next,
                bytes[7] & 0xff,
                Arrays.copyOfRange(bytes, at, end));
    }

    int frameType() {
        return isV4() ? Frame.IPV4 : Frame.IPV6;
    }

    public byte[] encode() {
        return isV4() ? encodeV4() : encodeV6();
    }

    private byte[] encodeV4() {
        ByteBuffer out = ByteBuffer.allocate(size());
        out.putShort((short) 0x4500).putShort((short) size()).putShort((short) 0);
        out.putShort((short) DONT_FRAGMENT)
                .put((byte) hops)
                .put((byte) protocol)
                .putShort((short) 0);
        out.put(from.bytes()).put(to.bytes()).put(payload);
        byte[] bytes = out.array();
        out.putShort(10, (short) Checksum.of(Arrays.copyOf(bytes, HEADER_V4)));
        return bytes;
    }

    private byte[] encodeV6() {
        ByteBuffer out = ByteBuffer.allocate(size());
        out.putInt(0x6000_0000)
                .putShort((short) payload.length)
                .put((byte) protocol)
                .put((byte) hops);
        return out.put(from.bytes()).put(to.bytes()).put(payload).array();
    }
}
