package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.util.Arrays;

/** What is to be known of IP addresses beyond their value. */
public final class Addresses {
    public static final IpAddress ANY_V4 = IpAddress.parse("0.0.0.0");
    public static final IpAddress ANY_V6 = IpAddress.parse("::");
    public static final IpAddress BROADCAST = IpAddress.parse("255.255.255.255");
    /** All hosts of a link, and all its routers, in IPv6. */
    public static final IpAddress ALL_NODES = IpAddress.parse("ff02::1");

    private static final int V6_BYTES = 16;

    private Addresses() {}

    /** The address whose bytes begin at a place. */
    static IpAddress at(byte[] bytes, int at, int length) {
        return IpAddress.of(Arrays.copyOfRange(bytes, at, at + length));
    }

    public static IpAddress any(boolean v4) {
        return v4 ? ANY_V4 : ANY_V6;
    }

    /** Whether nobody has it: 0.0.0.0 or ::. */
    public static boolean isAny(IpAddress address) {
        return address.equals(ANY_V4) || address.equals(ANY_V6);
    }

    /** Whether a group listens to it, or everybody. */
    static boolean isGroup(IpAddress address) {
        int first = address.bytes()[0] & 0xff;
        return address.isV4() ? first >= 224 && first < 240 || address.equals(BROADCAST) : first == 0xff;
    }

    /** Of fe80::/10. */
    public static boolean isLinkLocal(IpAddress address) {
        byte[] bytes = address.bytes();
        return bytes.length == V6_BYTES && (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xc0) == 0x80;
    }

    /** What an interface has by itself in IPv6 (RFC 4291, appendix A). */
    public static IpAddress linkLocal(HardwareAddress mac) {
        byte[] of = mac.bytes();
        byte[] bytes = new byte[V6_BYTES];
        bytes[0] = (byte) 0xfe;
        bytes[1] = (byte) 0x80;
        System.arraycopy(of, 0, bytes, 8, 3);
        bytes[8] ^= 2;
        bytes[11] = (byte) 0xff;
        bytes[12] = (byte) 0xfe;
        System.arraycopy(of, 3, bytes, 13, 3);
        return IpAddress.of(bytes);
    }

    /** The group in which a neighbour is asked for (RFC 4291, 2.7.1). */
    static IpAddress solicitedNode(IpAddress address) {
        byte[] bytes = IpAddress.parse("ff02::1:ff00:0").bytes();
        System.arraycopy(address.bytes(), V6_BYTES - 3, bytes, V6_BYTES - 3, 3);
        return IpAddress.of(bytes);
    }
}
