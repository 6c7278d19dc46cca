package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A datagram of UDP. */
public record Udp(int fromPort, int toPort, byte[] data) {
    public static final int ECHO = 7;
    public static final int DNS = 53;
    public static final int DHCP_SERVER = 67;
    public static final int DHCP_CLIENT = 68;
    public static final int DHCPV6_SERVER = 547;

    private static final int HEADER = 8;

    /** Null for a packet of another protocol, and for a damaged one. */
    public static @Nullable Udp of(IpPacket packet) {
        byte[] bytes = packet.payload();
        if (packet.protocol() != IpPacket.UDP || bytes.length < HEADER) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int length = in.getShort(4) & 0xffff;
        // IPv4 may do without a checksum.
        boolean unchecked = packet.isV4() && in.getShort(6) == 0;
        if (length < HEADER
                || length > bytes.length
                || (!unchecked
                        && Checksum.of(packet.from(), packet.to(), IpPacket.UDP, Arrays.copyOf(bytes, length)) != 0)) {
            return null;
        }
        return new Udp(in.getShort(0) & 0xffff, in.getShort(2) & 0xffff, Arrays.copyOfRange(bytes, HEADER, length));
    }

    public IpPacket from(IpAddress from, IpAddress to) {
        ByteBuffer out = ByteBuffer.allocate(HEADER + data.length);
        out.putShort((short) fromPort).putShort((short) toPort);
        out.putShort((short) out.capacity()).putShort((short) 0).put(data);
        int checksum = Checksum.of(from, to, IpPacket.UDP, out.array());
        out.putShort(6, (short) (checksum == 0 ? 0xffff : checksum));
        return IpPacket.of(from, to, IpPacket.UDP, out.array());
    }
}
