package dev.xcs.image.unpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The bits of a piece of a block, read from its end: zstd writes them last first. */
final class BackwardBits {
    /** What has to be readable, though not used, behind the end of any piece. */
    static final int PADDING = 8;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int start;
    private int left;

    /** @param to behind the last byte, whose highest bit set is only the mark of the end */
    BackwardBits(byte[] bytes, int from, int to) throws CorruptStream {
        CorruptStream.unless(to > from && bytes[to - 1] != 0, "a zstd bit stream has no end mark");
        this.bytes = bytes;
        this.start = from;
        this.left = (to - from) * 8 - (Integer.numberOfLeadingZeros(bytes[to - 1] & 0xff) - 24) - 1;
    }

    /** The next bits, 32 at most; zeros before the beginning. */
    int read(int count) {
        left -= count;
        return peekAt(left, count);
    }

    /** The next bits, which stay. */
    int peek(int count) {
        return peekAt(left - count, count);
    }

    void skip(int count) {
        left -= count;
    }

    private int peekAt(int position, int count) {
        if (position >= 0) {
            long word = (long) WORDS.get(bytes, start + (position >>> 3));
            return (int) (word >>> (position & 7) & (1L << count) - 1);
        }
        int there = position + count;
        if (there <= 0) {
            return 0;
        }
        long word = (long) WORDS.get(bytes, start);
        return (int) ((word & (1L << there) - 1) << -position);
    }

    /** How many bits there are still; negative after more were read than there were. */
    int left() {
        return left;
    }
}
