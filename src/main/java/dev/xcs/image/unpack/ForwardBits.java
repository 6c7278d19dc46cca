package dev.xcs.image.unpack;

/** The bits of a table's description, read from its beginning. */
final class ForwardBits {
    private final byte[] bytes;
    private final int from;
    private final int to;
    private int at;

    ForwardBits(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /** The next bits, 16 at most, which stay; zeros behind the end. */
    int peek(int count) {
        int value = 0;
        int first = from + (at >> 3);
        for (int i = 0; i < 4; i++) {
            value |= (first + i < to ? bytes[first + i] & 0xff : 0) << 8 * i;
        }
        return value >>> (at & 7) & (1 << count) - 1;
    }

    int read(int count) throws CorruptStream {
        int value = peek(count);
        skip(count);
        return value;
    }

    void skip(int count) throws CorruptStream {
        at += count;
        CorruptStream.unless(at <= (to - from) * 8, "a zstd table ends too early");
    }

    /** The first byte that nothing was read of. */
    int end() {
        return from + (at + 7 >> 3);
    }
}
