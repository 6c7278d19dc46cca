package dev.xcs.hypervisor.sim.net;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet frame, without padding and check sequence.
 *
 * @param vlan the number of its 802.1Q tag; {@link #UNTAGGED} without
 * @param type of the payload
 */
public record Frame(HardwareAddress to, HardwareAddress from, int vlan, int type, byte[] payload) {
    public static final int ARP = 0x0806;
    public static final int IPV4 = 0x0800;
    public static final int IPV6 = 0x86dd;
    public static final int UNTAGGED = 0;
    /** What comes before the payload if there is no tag. */
    public static final int HEADER = 14;

    private static final int TAG = 4;
    private static final int TAGGED = 0x8100;
    private static final int VLAN_MASK = 0xfff;

    public static Frame untagged(HardwareAddress to, HardwareAddress from, int type, byte[] payload) {
        return new Frame(to, from, UNTAGGED, type, payload);
    }

    /** Null for what is too short to be one. */
    public static @Nullable Frame parse(byte[] bytes) {
        if (bytes.length < HEADER) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        HardwareAddress to = HardwareAddress.of(bytes, 0);
        HardwareAddress from = HardwareAddress.of(bytes, HardwareAddress.BYTES);
        int type = in.getShort(HEADER - 2) & 0xffff;
        int vlan = UNTAGGED;
        int at = HEADER;
        if (type == TAGGED && bytes.length >= HEADER + TAG) {
            vlan = in.getShort(at) & VLAN_MASK;
            type = in.getShort(at + 2) & 0xffff;
            at += TAG;
        }
        byte[] payload = new byte[bytes.length - at];
        in.get(at, payload);
        return new Frame(to, from, vlan, type, payload);
    }

    public Frame withVlan(int number) {
        return new Frame(to, from, number, type, payload);
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + (vlan == UNTAGGED ? 0 : TAG) + payload.length);
        out.put(to.bytes()).put(from.bytes());
        if (vlan != UNTAGGED) {
            out.putShort((short) TAGGED).putShort((short) vlan);
        }
        return out.putShort((short) type).put(payload).array();
    }
}
