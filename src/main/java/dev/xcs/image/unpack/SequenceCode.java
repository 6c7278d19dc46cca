package dev.xcs.image.unpack;

import org.jspecify.annotations.Nullable;

/** One of the three numbers of a sequence (RFC 8878, 3.1.1.3.2.1): its codes, and the table that is in force for them. */
final class SequenceCode {
    private static final int[] LENGTH_BASES = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
        1024, 2048, 4096, 8192, 16384, 32768, 65536
    };
    private static final int[] LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16
    };
    private static final short[] LENGTH_COUNTS = {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
    };
    private static final int[] MATCH_BASES = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539
    };
    private static final int[] MATCH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2,
        2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };
    private static final short[] MATCH_COUNTS = {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    };
    private static final short[] OFFSET_COUNTS = {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
    };
    private static final int MAX_OFFSET_CODE = 31;

    private final int[] bases;
    private final int[] widths;
    private final int maxLog;
    private final FseTable predefined;
    private @Nullable FseTable table;
    private int state;

    private SequenceCode(int[] bases, int[] widths, int maxLog, int log, short[] counts) throws CorruptStream {
        this.bases = bases;
        this.widths = widths;
        this.maxLog = maxLog;
        this.predefined = FseTable.of(log, counts);
    }

    static SequenceCode literalLengths() throws CorruptStream {
        return new SequenceCode(LENGTH_BASES, LENGTH_BITS, 9, 6, LENGTH_COUNTS);
    }

    static SequenceCode matchLengths() throws CorruptStream {
        return new SequenceCode(MATCH_BASES, MATCH_BITS, 9, 6, MATCH_COUNTS);
    }

    /** Each code is the number of further bits, below a one. */
    static SequenceCode offsets() throws CorruptStream {
        int[] bases = new int[MAX_OFFSET_CODE + 1];
        int[] widths = new int[MAX_OFFSET_CODE + 1];
        for (int code = 0; code <= MAX_OFFSET_CODE; code++) {
            bases[code] = 1 << code;
            widths[code] = code;
        }
        return new SequenceCode(bases, widths, 8, 5, OFFSET_COUNTS);
    }

    /** Takes the table that a block wants; gives where its description ends. */
    int choose(int mode, byte[] in, int from, int to) throws CorruptStream {
        switch (mode) {
            case 0 -> table = predefined;
            case 1 -> {
                CorruptStream.unless(from < to, "a zstd block ends in its tables");
                CorruptStream.unless((in[from] & 0xff) < bases.length, "a zstd block has an unknown code");
                table = FseTable.of(in[from] & 0xff);
                return from + 1;
            }
            case 2 -> {
                FseTable.Described described = FseTable.read(in, from, to, maxLog, bases.length);
                table = described.table();
                return described.end();
            }
            default -> CorruptStream.unless(table != null, "a zstd block uses a table of a block before it");
        }
        return from;
    }

    void start(BackwardBits in) {
        state = in.read(now().log);
    }

    /** The number that the state stands for, its lowest bits read. */
    long value(BackwardBits in) {
        int code = now().symbol(state);
        return (bases[code] & 0xffffffffL) + (in.read(widths[code]) & 0xffffffffL);
    }

    void advance(BackwardBits in) {
        state = now().next(state, in);
    }

    private FseTable now() {
        FseTable chosen = table;
        return chosen == null ? predefined : chosen;
    }
}
