package dev.xcs.image.unpack;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The literals of a block (RFC 8878, 3.1.1.3.1); the Huffman table outlives it. */
final class ZstdLiterals {
    private static final int JUMP_TABLE = 6;

    private final byte[] bytes = new byte[ZstdStream.MAX_BLOCK];
    private @Nullable HuffmanTable table;
    private int count;
    private int end;

    byte[] bytes() {
        return bytes;
    }

    int count() {
        return count;
    }

    /** Where the section ended. */
    int end() {
        return end;
    }

    void read(byte[] in, int from, int to) throws CorruptStream {
        CorruptStream.unless(from < to, "a zstd block is empty");
        int kind = in[from] & 3;
        int format = in[from] >> 2 & 3;
        if (kind < 2) {
            plain(in, from, to, format, kind == 1);
        } else {
            packed(in, from, to, format, kind == 2);
        }
    }

    private void plain(byte[] in, int from, int to, int format, boolean repeated) throws CorruptStream {
        int header = format == 3 ? 3 : format == 1 ? 2 : 1;
        CorruptStream.unless(from + header <= to, "a zstd block ends in its header");
        count = (int) (little(in, from, header) >> (header == 1 ? 3 : 4));
        int start = from + header;
        end = start + (repeated ? 1 : count);
        check(to);
        if (repeated) {
            Arrays.fill(bytes, 0, count, in[start]);
        } else {
            System.arraycopy(in, start, bytes, 0, count);
        }
    }

    private void packed(byte[] in, int from, int to, int format, boolean described) throws CorruptStream {
        int header = format < 2 ? 3 : format + 2;
        int width = format < 2 ? 10 : format == 2 ? 14 : 18;
        CorruptStream.unless(from + header <= to, "a zstd block ends in its header");
        long sizes = little(in, from, header) >> 4;
        count = (int) (sizes & (1L << width) - 1);
        int start = from + header;
        end = start + (int) (sizes >> width);
        check(to);
        if (described) {
            HuffmanTable.Described found = HuffmanTable.read(in, start, end);
            table = found.table();
            start = found.end();
        }
        HuffmanTable codes = table;
        if (codes == null) {
            throw new CorruptStream("a zstd block uses a table of a block before it, and there is none");
        }
        if (format == 0) {
            codes.decode(in, start, end, bytes, 0, count);
        } else {
            four(codes, in, start);
        }
    }

    private void four(HuffmanTable codes, byte[] in, int from) throws CorruptStream {
        CorruptStream.unless(end - from > JUMP_TABLE, "a zstd jump table ends too early");
        int each = (count + 3) / 4;
        int start = from + JUMP_TABLE;
        int done = 0;
        for (int i = 0; i < 4; i++) {
            int stop = i == 3 ? end : start + (int) little(in, from + 2 * i, 2);
            int part = i == 3 ? count - done : each;
            CorruptStream.unless(stop <= end && part >= 0, "a zstd jump table leads out of its block");
            codes.decode(in, start, stop, bytes, done, part);
            start = stop;
            done += part;
        }
    }

    private void check(int to) throws CorruptStream {
        CorruptStream.unless(end <= to && count <= bytes.length, "zstd literals do not fit into their block");
    }

    static long little(byte[] in, int from, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (in[from + i] & 0xffL) << 8 * i;
        }
        return value;
    }
}
