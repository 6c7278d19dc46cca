package dev.xcs.image.unpack;

import java.util.Arrays;

/** The codes of a block's literals (RFC 8878, 4.2). */
final class HuffmanTable {
    private static final int MAX_BITS = 11;
    private static final int MAX_WEIGHTS = 255;
    /** From here on the first byte counts weights that are not packed. */
    private static final int DIRECT = 128;

    private static final int WEIGHT_LOG = 6;

    private final int maxBits;
    private final byte[] symbols;
    private final byte[] bits;

    private HuffmanTable(int maxBits) {
        this.maxBits = maxBits;
        symbols = new byte[1 << maxBits];
        bits = new byte[1 << maxBits];
    }

    /** A table and where its description ends. */
    record Described(HuffmanTable table, int end) {}

    static Described read(byte[] bytes, int from, int to) throws CorruptStream {
        CorruptStream.unless(from < to, "a zstd block has no Huffman table");
        int header = bytes[from] & 0xff;
        byte[] weights = new byte[MAX_WEIGHTS + 1];
        int start = from + 1;
        int end = start + (header < DIRECT ? header : (header - DIRECT + 2) / 2);
        CorruptStream.unless(end <= to, "a zstd Huffman table ends too early");
        int count = header < DIRECT ? packed(bytes, start, end, weights) : direct(bytes, start, header, weights);
        return new Described(of(weights, count), end);
    }

    private static int direct(byte[] bytes, int from, int header, byte[] weights) {
        int count = header - DIRECT + 1;
        for (int i = 0; i < count; i++) {
            int pair = bytes[from + i / 2] & 0xff;
            weights[i] = (byte) (i % 2 == 0 ? pair >> 4 : pair & 15);
        }
        return count;
    }

    /** Two states take turns, until there are no bits left for one of them. */
    private static int packed(byte[] bytes, int from, int to, byte[] weights) throws CorruptStream {
        FseTable.Described described = FseTable.read(bytes, from, to, WEIGHT_LOG, MAX_WEIGHTS);
        FseTable table = described.table();
        BackwardBits in = new BackwardBits(bytes, described.end(), to);
        int state = in.read(table.log);
        int other = in.read(table.log);
        CorruptStream.unless(in.left() >= 0, "a zstd Huffman table ends too early");
        int count = 0;
        while (in.left() >= 0) {
            CorruptStream.unless(count < MAX_WEIGHTS - 1, "a zstd Huffman table has too many weights");
            weights[count++] = (byte) table.symbol(state);
            int next = table.next(state, in);
            state = other;
            other = next;
        }
        weights[count++] = (byte) table.symbol(state);
        return count;
    }

    /** The last weight is not told: it fills the table. */
    private static HuffmanTable of(byte[] weights, int count) throws CorruptStream {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            CorruptStream.unless(weights[i] <= MAX_BITS, "a zstd Huffman code is too long");
            sum += weights[i] == 0 ? 0 : 1 << weights[i] - 1;
        }
        CorruptStream.unless(sum > 0, "a zstd Huffman table is empty");
        int maxBits = 32 - Integer.numberOfLeadingZeros(sum);
        int rest = (1 << maxBits) - sum;
        CorruptStream.unless(
                maxBits <= MAX_BITS && Integer.bitCount(rest) == 1, "a zstd Huffman table cannot be filled");
        weights[count] = (byte) (Integer.numberOfTrailingZeros(rest) + 1);
        HuffmanTable table = new HuffmanTable(maxBits);
        table.fill(weights, count + 1);
        return table;
    }

    private void fill(byte[] weights, int count) {
        int at = 0;
        for (int weight = 1; weight <= maxBits; weight++) {
            for (int symbol = 0; symbol < count; symbol++) {
                if (weights[symbol] == weight) {
                    int next = at + (1 << weight - 1);
                    Arrays.fill(symbols, at, next, (byte) symbol);
                    Arrays.fill(bits, at, next, (byte) (maxBits + 1 - weight));
                    at = next;
                }
            }
        }
    }

    /** Decodes one stream that is the bytes from {@code from} to {@code to}, all of it. */
    void decode(byte[] bytes, int from, int to, byte[] out, int at, int count) throws CorruptStream {
        BackwardBits in = new BackwardBits(bytes, from, to);
        for (int i = at; i < at + count; i++) {
            int code = in.peek(maxBits);
            out[i] = symbols[code];
            in.skip(bits[code]);
        }
        CorruptStream.unless(in.left() == 0, "a zstd literal stream has another length than it says");
    }
}
