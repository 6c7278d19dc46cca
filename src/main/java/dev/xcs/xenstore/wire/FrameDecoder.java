package dev.xcs.xenstore.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;

/** Cuts a stream of bytes, in whatever pieces it arrives, into frames. Not thread-safe. */
public final class FrameDecoder {
    private final int maxPayload;
    private final Consumer<Frame> onFrame;
    private byte[] pending = new byte[8192];
    private int filled;

    /** @param maxPayload a longer payload breaks the protocol */
    public FrameDecoder(int maxPayload, Consumer<Frame> onFrame) {
        this.maxPayload = maxPayload;
        this.onFrame = onFrame;
    }

    /** Feeds the next bytes; throws {@link WireException} when they cannot be the protocol. */
    public void feed(byte[] bytes, int offset, int length) {
        if (pending.length - filled < length) {
            pending = Arrays.copyOf(pending, Math.max(filled + length, pending.length * 2));
        }
        System.arraycopy(bytes, offset, pending, filled, length);
        filled += length;
        int start = 0;
        int size;
        while ((size = frameSize(start)) > 0) {
            onFrame.accept(frame(start, size));
            start += size;
        }
        System.arraycopy(pending, start, pending, 0, filled - start);
        filled -= start;
    }

    /** Size of the frame at {@code start}, or 0 when it is not complete. */
    private int frameSize(int start) {
        if (filled - start < Frame.HEADER_SIZE) {
            return 0;
        }
        int payload = header().getInt(start + 12);
        if (payload < 0 || payload > maxPayload) {
            throw new WireException(
                    "payload of " + Integer.toUnsignedString(payload) + " bytes, at most " + maxPayload);
        }
        int size = Frame.HEADER_SIZE + payload;
        return filled - start >= size ? size : 0;
    }

    private Frame frame(int start, int size) {
        ByteBuffer header = header();
        byte[] payload = Arrays.copyOfRange(pending, start + Frame.HEADER_SIZE, start + size);
        return new Frame(Op.ofCode(header.getInt(start)), header.getInt(start + 4), header.getInt(start + 8), payload);
    }

    private ByteBuffer header() {
        return ByteBuffer.wrap(pending).order(ByteOrder.LITTLE_ENDIAN);
    }
}
