package dev.xcs.message;

import io.vertx.core.buffer.Buffer;

/**
 * Bytes of a console as they go to every viewer: 8 bytes, big endian, with the offset of the first byte, then the bytes. Made once for all;
 * nobody changes it.
 */
public final class ConsoleFrame {
    public static final int HEADER_BYTES = Long.BYTES;

    private ConsoleFrame() {}

    public static Buffer of(long offset, byte[] from, int length) {
        return Buffer.buffer(HEADER_BYTES + length).appendLong(offset).appendBytes(from, 0, length);
    }

    public static long offset(Buffer frame) {
        return frame.getLong(0);
    }

    /** How many bytes of the console it carries. */
    public static int length(Buffer frame) {
        return frame.length() - HEADER_BYTES;
    }

    /** The offset behind its last byte. */
    public static long end(Buffer frame) {
        return offset(frame) + length(frame);
    }

    /** The bytes alone; a view. */
    public static Buffer bytes(Buffer frame) {
        return frame.slice(HEADER_BYTES, frame.length());
    }

    /** The same without the bytes before an offset. */
    public static Buffer from(Buffer frame, long offset) {
        long skip = offset - offset(frame);
        if (skip <= 0) {
            return frame;
        }
        int begin = HEADER_BYTES + (int) Math.min(length(frame), skip);
        return Buffer.buffer(frame.length()).appendLong(offset).appendBuffer(frame, begin, frame.length() - begin);
    }
}
