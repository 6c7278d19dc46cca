package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A DHCP message for Ethernet (RFC 2131).
 *
 * @param answers whether a server sends it
 * @param transaction chosen by the client
 * @param current what the client has already; 0.0.0.0 for nothing
 * @param yours what the client is to have; 0.0.0.0 for nothing
 * @param options by their numbers (RFC 2132), the constants among them
 */
public record Dhcp(
        boolean answers,
        int transaction,
        IpAddress current,
        IpAddress yours,
        HardwareAddress client,
        Map<Integer, byte[]> options) {
    public static final int MASK = 1;
    public static final int ROUTER = 3;
    public static final int NAME_SERVER = 6;
    public static final int HOST_NAME = 12;
    public static final int MTU = 26;
    public static final int WANTED = 50;
    public static final int LEASE_SECONDS = 51;
    public static final int TYPE = 53;
    public static final int SERVER = 54;

    public static final int DISCOVER = 1;
    public static final int OFFER = 2;
    public static final int REQUEST = 3;
    public static final int ACK = 5;
    public static final int NAK = 6;

    private static final int HEADER = 236;
    private static final int CLIENT_AT = 28;
    private static final int COOKIE = 0x6382_5363;
    private static final int PAD = 0;
    private static final int END = 255;
    private static final int ETHERNET = 0x0106;
    private static final int BROADCAST_FLAG = 0x8000;
    private static final int MOST_OPTIONS = 512;

    public Dhcp {
        options = new TreeMap<>(options);
    }

    /** @param type one of the constants */
    public static Dhcp asking(int type, int transaction, HardwareAddress client) {
        return new Dhcp(
                false, transaction, Addresses.ANY_V4, Addresses.ANY_V4, client, Map.of(TYPE, new byte[] {(byte) type}));
    }

    /** @param type one of the constants */
    public Dhcp answer(int type, IpAddress given) {
        return new Dhcp(true, transaction, Addresses.ANY_V4, given, client, Map.of(TYPE, new byte[] {(byte) type}));
    }

    public Dhcp with(int option, IpAddress value) {
        return with(option, value.bytes());
    }

    public Dhcp with(int option, String value) {
        return with(option, value.getBytes(StandardCharsets.US_ASCII));
    }

    public Dhcp with(int option, byte[] value) {
        Dhcp changed = new Dhcp(answers, transaction, current, yours, client, options);
        changed.options.put(option, value);
        return changed;
    }

    public int type() {
        byte[] type = options.getOrDefault(TYPE, new byte[1]);
        return type.length == 1 ? type[0] : 0;
    }

    /** An option that is an address, or begins with one. */
    public Optional<IpAddress> address(int option) {
        byte[] value = options.getOrDefault(option, new byte[0]);
        return value.length < 4 ? Optional.empty() : Optional.of(Addresses.at(value, 0, 4));
    }

    /** An option that is a number of two or four bytes; the other one if it is not there. */
    public int number(int option, int otherwise) {
        byte[] value = options.getOrDefault(option, new byte[0]);
        return switch (value.length) {
            case 2 -> ByteBuffer.wrap(value).getShort() & 0xffff;
            case 4 -> ByteBuffer.wrap(value).getInt();
            default -> otherwise;
        };
    }

    /** Null for what is none. */
    public static @Nullable Dhcp parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER + 4 || in.getShort(1) != ETHERNET || in.getInt(HEADER) != COOKIE) {
            return null;
        }
        return new Dhcp(
                bytes[0] == 2,
                in.getInt(4),
                Addresses.at(bytes, 12, 4),
                Addresses.at(bytes, 16, 4),
                HardwareAddress.of(bytes, CLIENT_AT),
                options(in.position(HEADER + 4)));
    }

    private static Map<Integer, byte[]> options(ByteBuffer in) {
        Map<Integer, byte[]> options = new TreeMap<>();
        while (in.remaining() >= 2) {
            int option = in.get() & 0xff;
            if (option == END) {
                break;
            }
            if (option != PAD) {
                byte[] value = new byte[Math.min(in.get() & 0xff, in.remaining())];
                in.get(value);
                options.put(option, value);
            }
        }
        return options;
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(HEADER + MOST_OPTIONS);
        out.put((byte) (answers ? 2 : 1)).putShort((short) ETHERNET).put((byte) 0);
        out.putInt(transaction).putShort((short) 0).putShort((short) BROADCAST_FLAG);
        out.put(current.bytes()).put(yours.bytes());
        out.position(CLIENT_AT).put(client.bytes());
        out.position(HEADER).putInt(COOKIE);
        options.forEach((option, value) ->
                out.put(option.byteValue()).put((byte) value.length).put(value));
        out.put((byte) END);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
