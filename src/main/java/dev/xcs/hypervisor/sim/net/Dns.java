package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A question for the addresses of one name, or its answer (RFC 1035).
 *
 * @param name in lower case, without a dot at its end
 * @param type {@link #A} or {@link #AAAA}
 * @param code 0, or why there is no answer, {@link #NO_SUCH_NAME} for example
 */
public record Dns(int id, boolean answers, String name, int type, int code, List<IpAddress> addresses) {
    public static final int A = 1;
    public static final int AAAA = 28;
    public static final int NO_SUCH_NAME = 3;

    private static final int HEADER = 12;
    private static final int INTERNET = 1;
    private static final int ANSWERS = 0x8000;
    /** That recursion was wanted and can be had. */
    private static final int RECURSION = 0x0180;

    private static final int POINTER_TO_QUESTION = 0xc000 | HEADER;
    private static final int MOST_BYTES = 512;
    private static final int MOST_LABEL = 63;

    public Dns {
        addresses = List.copyOf(addresses);
    }

    public static Dns question(int id, String name, int type) {
        return new Dns(id, false, name, type, 0, List.of());
    }

    /** @param code 0 if the name is known, with or without addresses */
    Dns answer(int code, List<IpAddress> found) {
        return new Dns(id, true, name, type, code, found);
    }

    /** Null for what is none, or asks for something else. */
    public static @Nullable Dns parse(byte[] bytes) {
        if (bytes.length < HEADER) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int flags = in.getShort(2) & 0xffff;
        int answers = in.getShort(6) & 0xffff;
        try {
            in.position(HEADER);
            String name = name(in);
            int type = in.getShort() & 0xffff;
            in.getShort();
            boolean good = in.getShort(4) == 1 && (type == A || type == AAAA);
            return good
                    ? new Dns(
                            in.getShort(0) & 0xffff,
                            (flags & ANSWERS) != 0,
                            name,
                            type,
                            flags & 0xf,
                            addresses(in, answers))
                    : null;
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    private static String name(ByteBuffer in) {
        List<String> labels = new ArrayList<>();
        for (int length = in.get(); length > 0; length = in.get()) {
            byte[] label = new byte[length];
            in.get(label);
            labels.add(new String(label, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT));
        }
        return String.join(".", labels);
    }

    private static List<IpAddress> addresses(ByteBuffer in, int count) {
        List<IpAddress> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            in.getShort();
            in.getLong();
            byte[] data = new byte[in.getShort() & 0xffff];
            in.get(data);
            if (data.length == 4 || data.length == 16) {
                addresses.add(IpAddress.of(data));
            }
        }
        return addresses;
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
        out.putShort((short) id).putShort((short) ((answers ? ANSWERS : 0) | RECURSION | code));
        out.putShort((short) 1).putShort((short) addresses.size()).putInt(0);
        for (String label : name.split("\\.")) {
            byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
            int length = Math.min(ascii.length, MOST_LABEL);
            out.put((byte) length).put(ascii, 0, length);
        }
        out.put((byte) 0).putShort((short) type).putShort((short) INTERNET);
        for (IpAddress address : addresses) {
            out.putShort((short) POINTER_TO_QUESTION).putShort((short) type).putShort((short) INTERNET);
            out.putInt(0).putShort((short) address.bytes().length).put(address.bytes());
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }
}
