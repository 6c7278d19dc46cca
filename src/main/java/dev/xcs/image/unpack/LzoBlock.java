package dev.xcs.image.unpack;

/**
 * One block of LZO1X, by the description of its bit stream (Documentation/staging/lzo.rst of Linux). No library for it is both small and
 * safe with hostile bytes.
 */
final class LzoBlock {
    private static final int END_DISTANCE = 16384;

    private final byte[] in;
    private final byte[] out;
    private int from;
    private int to;
    /** How many literals the last instruction brought, 4 for many: the smallest instructions depend on it. */
    private int literals;

    private LzoBlock(byte[] in, byte[] out) {
        this.in = in;
        this.out = out;
    }

    /** Fills all of {@code out}. */
    static void unpack(byte[] in, byte[] out) throws CorruptStream {
        LzoBlock block = new LzoBlock(in, out);
        try {
            block.run();
        } catch (IndexOutOfBoundsException e) {
            throw (CorruptStream) new CorruptStream("an LZO block does not fit into its sizes").initCause(e);
        }
        CorruptStream.unless(block.to == out.length, "an LZO block is too short");
    }

    private void run() throws CorruptStream {
        int first = in[from] & 0xff;
        if (first >= 18) {
            from++;
            literals(first - 17);
            literals = Math.min(4, first - 17);
        }
        while (instruction(next())) {
            // Each moves from and to.
        }
    }

    private boolean instruction(int code) throws CorruptStream {
        if (code >= 128) {
            near(5 + (code >> 5 & 3), code);
        } else if (code >= 64) {
            near(3 + (code >> 5 & 1), code);
        } else if (code >= 32) {
            int length = 2 + length(code & 31, 31);
            int word = word();
            match(length, (word >> 2) + 1, word & 3);
        } else if (code >= 16) {
            int length = 2 + length(code & 7, 7);
            int word = word();
            int distance = END_DISTANCE + ((code & 8) << 11) + (word >> 2);
            if (distance == END_DISTANCE) {
                return false;
            }
            match(length, distance, word & 3);
        } else {
            small(code);
        }
        return true;
    }

    /** A match in the last 2 KiB. */
    private void near(int length, int code) throws CorruptStream {
        match(length, (next() << 3) + (code >> 2 & 7) + 1, code & 3);
    }

    private void small(int code) throws CorruptStream {
        if (literals == 0) {
            literals(3 + length(code, 15));
            literals = 4;
        } else if (literals == 4) {
            match(3, (next() << 2) + (code >> 2) + 2049, code & 3);
        } else {
            match(2, (next() << 2) + (code >> 2) + 1, code & 3);
        }
    }

    private int length(int bits, int longest) throws CorruptStream {
        if (bits != 0) {
            return bits;
        }
        int length = longest;
        int part = next();
        while (part == 0) {
            length += 255;
            CorruptStream.unless(length <= out.length, "an LZO block has a run that is too long");
            part = next();
        }
        return length + part;
    }

    private void match(int length, int distance, int then) throws CorruptStream {
        CorruptStream.unless(distance <= to, "an LZO block refers to what is before it");
        CorruptStream.unless(length <= out.length - to, "an LZO block is longer than it says");
        for (int i = 0; i < length; i++, to++) {
            out[to] = out[to - distance];
        }
        literals(then);
        literals = then;
    }

    private void literals(int count) {
        System.arraycopy(in, from, out, to, count);
        from += count;
        to += count;
    }

    private int next() {
        return in[from++] & 0xff;
    }

    private int word() {
        return next() | next() << 8;
    }
}
