package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A segment of TCP without data: enough to learn whether a port is open, for nobody here goes on from there.
 *
 * @param flags some of the constants
 */
public record Tcp(int fromPort, int toPort, int sequence, int acknowledged, int flags) {
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    private static final int HEADER = 20;
    private static final int WORDS = 5;
    private static final int WINDOW = 64240;

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Null for a packet of another protocol, and for a damaged one. */
    public static @Nullable Tcp of(IpPacket packet) {
        byte[] bytes = packet.payload();
        if (packet.protocol() != IpPacket.TCP
                || bytes.length < HEADER
                || Checksum.of(packet.from(), packet.to(), IpPacket.TCP, bytes) != 0) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new Tcp(in.getShort(0) & 0xffff, in.getShort(2) & 0xffff, in.getInt(4), in.getInt(8), bytes[13] & 0xff);
    }

    /** What answers a segment: that the port is open, or that it is not. */
    Tcp answer(boolean open) {
        return new Tcp(toPort, fromPort, 0, sequence + 1, (open ? SYN : RST) | ACK);
    }

    public IpPacket from(IpAddress from, IpAddress to) {
        ByteBuffer out = ByteBuffer.allocate(HEADER);
        out.putShort((short) fromPort).putShort((short) toPort).putInt(sequence).putInt(acknowledged);
        out.put((byte) (WORDS << 4)).put((byte) flags).putShort((short) WINDOW).putInt(0);
        out.putShort(16, (short) Checksum.of(from, to, IpPacket.TCP, out.array()));
        return IpPacket.of(from, to, IpPacket.TCP, out.array());
    }
}
