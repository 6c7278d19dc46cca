package dev.xcs.image.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Zstandard (RFC 8878) with a window that grows with the content, for frames that claim 128 MiB, as kernels do. Content checksums are not
 * looked at; no dictionaries.
 */
final class ZstdStream extends BlockStream {
    static final long MAGIC = 0xfd2fb528L;
    static final int MAX_BLOCK = 1 << 17;

    private static final long SKIPPABLE = 0x184d2a50L;
    private static final int MAX_WINDOW_LOG = 31;

    private final Bytes in;
    private final byte[] packed = new byte[MAX_BLOCK + BackwardBits.PADDING];
    private final byte[] unpacked = new byte[MAX_BLOCK];
    private ZstdWindow window = new ZstdWindow(0);
    private ZstdBlock blocks = new ZstdBlock(window);
    private boolean begun;
    private boolean inFrame;
    private boolean checksum;

    ZstdStream(InputStream in) throws IOException {
        this.in = new Bytes(in);
    }

    @Override
    boolean next() throws IOException {
        if (!inFrame) {
            return open();
        }
        long before = window.end();
        boolean last = block();
        int length = (int) (window.end() - before);
        window.copy(before, unpacked, 0, length);
        serve(unpacked, 0, length);
        if (last) {
            in.skip(checksum ? 4 : 0);
            inFrame = false;
        }
        return true;
    }

    /** Whatever follows the first frame and is none ends the stream: kernels say there how long they are. */
    private boolean open() throws IOException {
        long magic = in.wordOrEnd();
        while ((magic & ~0xfL) == SKIPPABLE) {
            in.skip(in.little(4));
            magic = in.wordOrEnd();
        }
        if (magic != MAGIC) {
            CorruptStream.unless(begun, "it has no header of zstd");
            return false;
        }
        begun = true;
        inFrame = true;
        header();
        serve(unpacked, 0, 0);
        return true;
    }

    private void header() throws IOException {
        int flags = in.u8();
        boolean single = (flags & 0x20) != 0;
        checksum = (flags & 4) != 0;
        CorruptStream.unless((flags & 8) == 0, "a zstd frame uses a reserved bit");
        long declared = single ? 0 : windowSize(in.u8());
        int dictionary = flags & 3;
        CorruptStream.unless(
                in.little(dictionary == 3 ? 4 : dictionary) == 0, "a zstd frame needs a dictionary, which is not here");
        int sizeFlag = flags >> 6;
        long content = in.little(sizeFlag == 0 ? (single ? 1 : 0) : 1 << sizeFlag) + (sizeFlag == 1 ? 256 : 0);
        if (single) {
            CorruptStream.unless(content >= 0, "a zstd frame is longer than can be");
            declared = content;
        }
        window = new ZstdWindow(declared);
        blocks = new ZstdBlock(window);
    }

    private static long windowSize(int code) throws CorruptStream {
        int log = 10 + (code >> 3);
        CorruptStream.unless(log <= MAX_WINDOW_LOG, "a zstd frame wants a window of 2^" + log + " bytes");
        long base = 1L << log;
        return base + base / 8 * (code & 7);
    }

    private boolean block() throws IOException {
        int header = (int) in.little(3);
        int size = header >> 3;
        CorruptStream.unless(size <= MAX_BLOCK, "a zstd block has " + size + " bytes");
        switch (header >> 1 & 3) {
            case 0 -> {
                in.fill(unpacked, 0, size);
                window.put(unpacked, 0, size);
            }
            case 1 -> {
                Arrays.fill(unpacked, 0, size, (byte) in.u8());
                window.put(unpacked, 0, size);
            }
            case 2 -> {
                in.fill(packed, 0, size);
                blocks.unpack(packed, size);
            }
            default -> throw new CorruptStream("a zstd block is of a reserved kind");
        }
        return (header & 1) != 0;
    }
}
