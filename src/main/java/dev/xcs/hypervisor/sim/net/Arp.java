package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An ARP message for IPv4 on Ethernet (RFC 826). */
public record Arp(
        int operation, HardwareAddress sender, IpAddress senderIp, HardwareAddress target, IpAddress targetIp) {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final int BYTES = 28;
    private static final int ETHERNET = 1;
    /** The lengths of the two kinds of addresses, 6 and 4. */
    private static final int LENGTHS = 0x0604;

    public static Arp request(HardwareAddress sender, IpAddress senderIp, IpAddress wanted) {
        return new Arp(REQUEST, sender, senderIp, HardwareAddress.ZERO, wanted);
    }

    /** What the one who has that address answers. */
    public Arp answer(HardwareAddress mine) {
        return new Arp(REPLY, mine, targetIp, sender, senderIp);
    }

    /** Null for what is none. */
    public static @Nullable Arp parse(byte[] bytes) {
        if (bytes.length < BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getShort(0) != ETHERNET || (in.getShort(2) & 0xffff) != Frame.IPV4 || in.getShort(4) != LENGTHS) {
            return null;
        }
        return new Arp(
                in.getShort(6),
                HardwareAddress.of(bytes, 8),
                Addresses.at(bytes, 14, 4),
                HardwareAddress.of(bytes, 18),
                Addresses.at(bytes, 24, 4));
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES);
        out.putShort((short) ETHERNET).putShort((short) Frame.IPV4);
        out.putShort((short) LENGTHS).putShort((short) operation);
        out.put(sender.bytes()).put(senderIp.bytes());
        return out.put(target.bytes()).put(targetIp.bytes()).array();
    }
}
