package dev.xcs.image.unpack;

/** A decoding table of finite state entropy (RFC 8878, 4.1): for each state its symbol, and how to get to the next. */
final class FseTable {
    final int log;
    private final byte[] symbols;
    private final byte[] bits;
    private final short[] bases;

    private FseTable(int log) {
        this.log = log;
        symbols = new byte[1 << log];
        bits = new byte[1 << log];
        bases = new short[1 << log];
    }

    int symbol(int state) {
        return symbols[state] & 0xff;
    }

    int bits(int state) {
        return bits[state];
    }

    int next(int state, BackwardBits from) {
        return (bases[state] & 0xffff) + from.read(bits[state]);
    }

    /** One symbol for ever. */
    static FseTable of(int symbol) {
        FseTable table = new FseTable(0);
        table.symbols[0] = (byte) symbol;
        return table;
    }

    /** @param counts how often each symbol occurs in a table of the size; -1 for less than once */
    static FseTable of(int log, short[] counts) throws CorruptStream {
        FseTable table = new FseTable(log);
        int size = 1 << log;
        int high = size;
        int[] next = new int[counts.length];
        for (int symbol = 0; symbol < counts.length; symbol++) {
            if (counts[symbol] == -1) {
                high--;
                CorruptStream.unless(high >= 0, "a zstd table has too many symbols");
                table.symbols[high] = (byte) symbol;
                next[symbol] = 1;
            } else {
                next[symbol] = counts[symbol];
            }
        }
        table.spread(counts, high);
        for (int state = 0; state < size; state++) {
            int count = next[table.symbol(state)]++;
            CorruptStream.unless(count > 0, "a zstd table is not filled");
            int width = log - (31 - Integer.numberOfLeadingZeros(count));
            CorruptStream.unless(width >= 0, "a zstd table is overfull");
            table.bits[state] = (byte) width;
            table.bases[state] = (short) ((count << width) - size);
        }
        return table;
    }

    private void spread(short[] counts, int high) throws CorruptStream {
        int size = 1 << log;
        int step = (size >> 1) + (size >> 3) + 3;
        int position = 0;
        for (int symbol = 0; symbol < counts.length; symbol++) {
            for (int i = 0; i < counts[symbol]; i++) {
                symbols[position] = (byte) symbol;
                do {
                    position = position + step & size - 1;
                } while (position >= high && high > 0);
            }
        }
        CorruptStream.unless(position == 0, "a zstd table is not filled");
    }

    /** A table and where its description ends. */
    record Described(FseTable table, int end) {}

    /** Reads a description (RFC 8878, 4.1.1). */
    static Described read(byte[] bytes, int from, int to, int maxLog, int maxSymbols) throws CorruptStream {
        ForwardBits in = new ForwardBits(bytes, from, to);
        int log = in.read(4) + 5;
        CorruptStream.unless(log <= maxLog, "a zstd table is too large");
        short[] counts = new short[maxSymbols];
        int remaining = 1 << log;
        int symbol = 0;
        while (remaining > 0) {
            CorruptStream.unless(symbol < maxSymbols, "a zstd table has too many symbols");
            int count = count(in, remaining);
            remaining -= Math.abs(count);
            counts[symbol++] = (short) count;
            if (count == 0) {
                int repeat;
                do {
                    repeat = in.read(2);
                    symbol += repeat;
                } while (repeat == 3);
            }
        }
        CorruptStream.unless(remaining == 0 && symbol <= maxSymbols, "a zstd table is not filled");
        return new Described(of(log, counts), in.end());
    }

    /** One count, in as many bits as what remains needs: small values have one bit less where that is possible. */
    private static int count(ForwardBits in, int remaining) throws CorruptStream {
        int width = 32 - Integer.numberOfLeadingZeros(remaining + 1);
        int low = (1 << width) - 1 - (remaining + 1);
        int value = in.peek(width);
        if ((value & (1 << width - 1) - 1) < low) {
            in.skip(width - 1);
            return (value & (1 << width - 1) - 1) - 1;
        }
        in.skip(width);
        return (value >= 1 << width - 1 ? value - low : value) - 1;
    }
}
