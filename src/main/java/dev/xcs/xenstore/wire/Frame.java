package dev.xcs.xenstore.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One message on the wire: u32 type, u32 request id, u32 transaction id, u32 length, payload; little-endian as on x86.
 *
 */
public final class Frame {
    public static final int HEADER_SIZE = 16;
    /** XENSTORE_PAYLOAD_MAX of xs_wire.h: the limit of a request. */
    public static final int MAX_REQUEST_PAYLOAD = 4096;
    /** Our limit of a reply; oxenstored answers DIRECTORY with more than 4096 bytes. */
    public static final int MAX_REPLY_PAYLOAD = 1 << 20;

    private final Op op;
    private final int requestId;
    private final int transactionId;
    private final byte[] payload;

    public Frame(Op op, int requestId, int transactionId, byte[] payload) {
        this.op = op;
        this.requestId = requestId;
        this.transactionId = transactionId;
        this.payload = payload.clone();
    }

    /** Strings, each ended by a NUL. */
    public static byte[] strings(String... parts) {
        return (String.join("\0", parts) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** A path ended by a NUL and a value that is not, as WRITE wants it. */
    public static byte[] pathAndValue(String path, byte[] value) {
        byte[] head = strings(path);
        byte[] all = Arrays.copyOf(head, head.length + value.length);
        System.arraycopy(value, 0, all, head.length, value.length);
        return all;
    }

    public byte[] encode() {
        return ByteBuffer.allocate(HEADER_SIZE + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(op.code())
                .putInt(requestId)
                .putInt(transactionId)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    public Op op() {
        return op;
    }

    public int requestId() {
        return requestId;
    }

    public int transactionId() {
        return transactionId;
    }

    public byte[] payload() {
        return payload.clone();
    }

    /** The payload as one string, without a NUL at its end. */
    public String text() {
        int length = payload.length > 0 && payload[payload.length - 1] == 0 ? payload.length - 1 : payload.length;
        return new String(payload, 0, length, StandardCharsets.UTF_8);
    }

    /** The payload's NUL-ended strings; a rest without NUL is the last one. */
    public List<String> parts() {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < payload.length; i++) {
            if (payload[i] == 0) {
                parts.add(new String(payload, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        if (start < payload.length) {
            parts.add(new String(payload, start, payload.length - start, StandardCharsets.UTF_8));
        }
        return parts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Frame frame
                && op == frame.op
                && requestId == frame.requestId
                && transactionId == frame.transactionId
                && Arrays.equals(payload, frame.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(op, requestId, transactionId, Arrays.hashCode(payload));
    }

    @Override
    public String toString() {
        return op + "#" + requestId + (transactionId == 0 ? "" : "@" + transactionId) + parts();
    }
}
