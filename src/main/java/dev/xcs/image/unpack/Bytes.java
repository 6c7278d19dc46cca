package dev.xcs.image.unpack;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Reads whole fields of a stream. */
final class Bytes {
    private final InputStream in;

    Bytes(InputStream in) {
        this.in = in;
    }

    int u8() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("it ends too early");
        }
        return value;
    }

    int u16() throws IOException {
        return u8() << 8 | u8();
    }

    /** Big-endian, as lzop has them. */
    long u32() throws IOException {
        return (long) u16() << 16 | u16();
    }

    /** Little-endian, of as many bytes as wanted, 8 at most. */
    long little(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) u8() << 8 * i;
        }
        return value;
    }

    /** The next little-endian word, or -1 where the stream has ended. */
    long wordOrEnd() throws IOException {
        int first = in.read();
        return first < 0 ? -1 : first | little(3) << 8;
    }

    void fill(byte[] into, int at, int length) throws IOException {
        if (in.readNBytes(into, at, length) < length) {
            throw new EOFException("it ends too early");
        }
    }

    /** Grows with what is there, not with what is claimed. */
    byte[] take(int length) throws IOException {
        byte[] taken = in.readNBytes(length);
        if (taken.length < length) {
            throw new EOFException("it ends too early");
        }
        return taken;
    }

    void skip(long length) throws IOException {
        in.skipNBytes(length);
    }
}
