package dev.xcs.hypervisor.xen.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes of a netlink message (struct nlattr: length, type, value, padded to 4 bytes; numbers as the processor has them, which is
 * little-endian on amd64). In the order they were added in; a type occurs once.
 */
public final class Attributes {
    private static final int HEAD_BYTES = 4;
    private static final int ALIGN = 4;
    /** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
    private static final int TYPE_MASK = 0x3fff;

    private final Map<Integer, byte[]> values = new LinkedHashMap<>();

    /** Of a datagram that may end early: what is cut off is left out. */
    static Attributes decode(byte[] from, int start, int end) {
        Attributes found = new Attributes();
        ByteBuffer in = order(ByteBuffer.wrap(from));
        int at = start;
        while (at + HEAD_BYTES <= end) {
            int length = Short.toUnsignedInt(in.getShort(at));
            if (length < HEAD_BYTES || at + length > end) {
                break;
            }
            byte[] value = new byte[length - HEAD_BYTES];
            in.get(at + HEAD_BYTES, value);
            found.values.put(in.getShort(at + 2) & TYPE_MASK, value);
            at += aligned(length);
        }
        return found;
    }

    byte[] encode() {
        int size = values.values().stream()
                .mapToInt(value -> aligned(HEAD_BYTES + value.length))
                .sum();
        ByteBuffer out = order(ByteBuffer.allocate(size));
        values.forEach((type, value) -> {
            int start = out.position();
            out.putShort((short) (HEAD_BYTES + value.length)).putShort((short) (int) type);
            out.put(value).position(start + aligned(HEAD_BYTES + value.length));
        });
        return out.array();
    }

    static int aligned(int length) {
        return (length + ALIGN - 1) / ALIGN * ALIGN;
    }

    static ByteBuffer order(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    Attributes put(int type, byte[] value) {
        values.put(type, value.clone());
        return this;
    }

    Attributes put8(int type, int value) {
        return put(type, new byte[] {(byte) value});
    }

    Attributes put16(int type, int value) {
        return put(
                type,
                order(ByteBuffer.allocate(Short.BYTES)).putShort((short) value).array());
    }

    Attributes put32(int type, int value) {
        return put(type, order(ByteBuffer.allocate(Integer.BYTES)).putInt(value).array());
    }

    /** With the zero byte that ends it. */
    Attributes put(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return put(type, ByteBuffer.allocate(bytes.length + 1).put(bytes).array());
    }

    Attributes put(int type, Attributes nested) {
        return put(type, nested.encode());
    }

    Attributes remove(int type) {
        values.remove(type);
        return this;
    }

    Attributes copy() {
        Attributes copy = new Attributes();
        copy.values.putAll(values);
        return copy;
    }

    Optional<byte[]> bytes(int type) {
        return Optional.ofNullable(values.get(type)).map(byte[]::clone);
    }

    /** A number of 1, 2, 4 or 8 bytes; empty if there is none. */
    Optional<Long> number(int type) {
        return bytes(type)
                .filter(value -> value.length > 0 && value.length <= Long.BYTES)
                .map(value ->
                        order(ByteBuffer.wrap(Arrays.copyOf(value, Long.BYTES))).getLong());
    }

    Optional<Integer> integer(int type) {
        return number(type).map(Long::intValue);
    }

    /** Up to its zero byte. */
    Optional<String> text(int type) {
        return bytes(type).map(value -> {
            String whole = new String(value, StandardCharsets.UTF_8);
            int zero = whole.indexOf('\0');
            return zero < 0 ? whole : whole.substring(0, zero);
        });
    }

    /** Those within one; empty if there is none. */
    Attributes nested(int type) {
        byte[] value = values.getOrDefault(type, new byte[0]);
        return decode(value, 0, value.length);
    }
}
