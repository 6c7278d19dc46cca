package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour solicitation or advertisement of IPv6 (RFC 4861, 4.3 and 4.4), the message within ICMPv6.
 *
 * @param mac of the sender if it solicits, of the target if it advertises; null when it is not said
 */
public record Neighbour(
        boolean solicits, IpAddress target, @Nullable HardwareAddress mac) {
    private static final int SOURCE_OPTION = 1;
    private static final int TARGET_OPTION = 2;
    /** It was asked for and replaces what was known: the flags S and O. */
    private static final int ANSWER = 0x6000_0000;

    private static final int ADDRESS = 16;
    private static final int OPTION = 8;

    /** Null for anything else. */
    public static @Nullable Neighbour of(Icmp message) {
        boolean solicits = message.type() == Icmp.V6_SOLICITATION;
        byte[] data = message.data();
        if ((!solicits && message.type() != Icmp.V6_ADVERTISEMENT) || data.length < ADDRESS) {
            return null;
        }
        int wanted = solicits ? SOURCE_OPTION : TARGET_OPTION;
        boolean said = data.length >= ADDRESS + OPTION && data[ADDRESS] == wanted && data[ADDRESS + 1] == 1;
        return new Neighbour(
                solicits, Addresses.at(data, 0, ADDRESS), said ? HardwareAddress.of(data, ADDRESS + 2) : null);
    }

    public IpPacket from(IpAddress from, IpAddress to) {
        ByteBuffer data = ByteBuffer.allocate(ADDRESS + (mac == null ? 0 : OPTION));
        data.put(target.bytes());
        if (mac != null) {
            data.put((byte) (solicits ? SOURCE_OPTION : TARGET_OPTION)).put((byte) 1);
            data.put(mac.bytes());
        }
        int type = solicits ? Icmp.V6_SOLICITATION : Icmp.V6_ADVERTISEMENT;
        return new Icmp(type, 0, solicits ? 0 : ANSWER, data.array()).from(from, to, IpPacket.ALL_HOPS);
    }
}
