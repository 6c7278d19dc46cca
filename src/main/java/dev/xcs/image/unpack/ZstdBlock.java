package dev.xcs.image.unpack;

import java.io.IOException;

/** The compressed blocks of one frame: what they take over from each other, and how they become bytes in the window. */
final class ZstdBlock {
    private static final int LONGEST_COUNT = 0x7f00;

    private final ZstdWindow window;
    private final ZstdLiterals literals = new ZstdLiterals();
    private final SequenceCode lengths = SequenceCode.literalLengths();
    private final SequenceCode offsets = SequenceCode.offsets();
    private final SequenceCode matches = SequenceCode.matchLengths();
    private final long[] recent = {1, 4, 8};

    ZstdBlock(ZstdWindow window) throws CorruptStream {
        this.window = window;
    }

    /** @param in with {@link BackwardBits#PADDING} bytes behind its content */
    void unpack(byte[] in, int size) throws IOException {
        literals.read(in, 0, size);
        int at = literals.end();
        CorruptStream.unless(at < size, "a zstd block has no sequences");
        int first = in[at] & 0xff;
        int header = first < 128 ? 1 : first < 255 ? 2 : 3;
        CorruptStream.unless(at + header <= size, "a zstd block ends in its header");
        int count = first < 128
                ? first
                : first < 255
                        ? (first - 128 << 8) + (in[at + 1] & 0xff)
                        : LONGEST_COUNT + (int) ZstdLiterals.little(in, at + 1, 2);
        at += header;
        int used = count == 0 ? 0 : sequences(in, at, size, count);
        window.put(literals.bytes(), used, literals.count() - used);
    }

    private int sequences(byte[] in, int from, int to, int count) throws IOException {
        CorruptStream.unless(from < to, "a zstd block ends in its tables");
        int modes = in[from] & 0xff;
        int at = lengths.choose(modes >> 6, in, from + 1, to);
        at = offsets.choose(modes >> 4 & 3, in, at, to);
        at = matches.choose(modes >> 2 & 3, in, at, to);
        BackwardBits bits = new BackwardBits(in, at, to);
        lengths.start(bits);
        offsets.start(bits);
        matches.start(bits);
        long limit = window.end() + ZstdStream.MAX_BLOCK;
        int used = 0;
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                lengths.advance(bits);
                matches.advance(bits);
                offsets.advance(bits);
            }
            long code = offsets.value(bits);
            int match = (int) matches.value(bits);
            int plain = (int) lengths.value(bits);
            CorruptStream.unless(plain <= literals.count() - used, "a zstd block has too few literals");
            CorruptStream.unless(window.end() + plain + match <= limit, "a zstd block is longer than it may be");
            window.put(literals.bytes(), used, plain);
            used += plain;
            window.repeat(distance(code, plain == 0), match);
        }
        CorruptStream.unless(bits.left() == 0, "a zstd block's sequences have another length than it says");
        return used;
    }

    /** Codes up to 3 are the last three distances, in turn; without literals before it the latest cannot be meant. */
    private long distance(long code, boolean noLiterals) {
        if (code > 3) {
            return remember(code - 3, 2);
        }
        int index = (int) code - 1 + (noLiterals ? 1 : 0);
        return index == 3 ? remember(recent[0] - 1, 2) : remember(recent[index], index);
    }

    private long remember(long distance, int place) {
        System.arraycopy(recent, 0, recent, 1, place);
        recent[0] = distance;
        return distance;
    }
}
