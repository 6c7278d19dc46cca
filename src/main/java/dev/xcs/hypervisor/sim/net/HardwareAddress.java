package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;

/**
 * Any address that a frame can have, those of groups among them.
 *
 * @param bits the lowest 48 of them
 */
public record HardwareAddress(long bits) {
    public static final int BYTES = 6;
    public static final HardwareAddress ZERO = new HardwareAddress(0);
    public static final HardwareAddress BROADCAST = new HardwareAddress(0xffff_ffff_ffffL);

    private static final long GROUP = 1L << 40;
    private static final long IPV6_GROUPS = 0x3333_0000_0000L;

    public static HardwareAddress of(MacAddress mac) {
        return of(mac.bytes(), 0);
    }

    /** @param at where it begins in the bytes */
    public static HardwareAddress of(byte[] bytes, int at) {
        long bits = 0;
        for (int i = 0; i < BYTES; i++) {
            bits = bits << 8 | (bytes[at + i] & 0xff);
        }
        return new HardwareAddress(bits);
    }

    /** Of all hosts that listen to a group of IPv6 (RFC 2464). */
    static HardwareAddress ofGroup(IpAddress group) {
        byte[] bytes = group.bytes();
        long low = 0;
        for (int i = bytes.length - 4; i < bytes.length; i++) {
            low = low << 8 | (bytes[i] & 0xff);
        }
        return new HardwareAddress(IPV6_GROUPS | low);
    }

    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }

    /** Whether it is that of several hosts, or of all. */
    public boolean isGroup() {
        return (bits & GROUP) != 0;
    }

    @Override
    public String toString() {
        return String.format("%012x", bits).replaceAll("(..)(?!$)", "$1:");
    }
}
