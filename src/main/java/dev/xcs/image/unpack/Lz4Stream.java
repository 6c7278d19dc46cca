package dev.xcs.image.unpack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;

/** The legacy frames of LZ4 ({@code lz4 -l}), which kernels are packed in: blocks of 8 MiB, each for itself. */
final class Lz4Stream extends BlockStream {
    static final long MAGIC = 0x184c2102L;

    private static final int MAX_BLOCK = 8 << 20;
    /** What a packer makes at most of bytes that cannot be packed. */
    private static final int MAX_PACKED = MAX_BLOCK + MAX_BLOCK / 255 + 16;

    private static final int CHUNK = 1 << 16;

    private final Bytes in;
    private final byte[] chunk = new byte[CHUNK];
    private InputStream block = InputStream.nullInputStream();
    private int left;

    /** @param in from the magic on, without the word that says at the end of a bzImage's payload how long it is unpacked */
    Lz4Stream(InputStream in) throws IOException {
        this.in = new Bytes(in);
        CorruptStream.unless(this.in.wordOrEnd() == MAGIC, "it has no LZ4 legacy header");
    }

    @Override
    boolean next() throws IOException {
        int got = left == 0 ? -1 : block.read(chunk, 0, Math.min(CHUNK, left));
        if (got < 0) {
            return open();
        }
        left -= got;
        CorruptStream.unless(left > 0 || block.read() < 0, "an LZ4 block is longer than 8 MiB");
        serve(chunk, 0, got);
        return true;
    }

    private boolean open() throws IOException {
        long size = in.wordOrEnd();
        // Files that are joined have another header in between.
        while (size == MAGIC) {
            size = in.wordOrEnd();
        }
        if (size < 0) {
            return false;
        }
        CorruptStream.unless(size > 0 && size <= MAX_PACKED, "an LZ4 block has " + size + " bytes");
        block = new BlockLZ4CompressorInputStream(new ByteArrayInputStream(in.take((int) size)));
        left = MAX_BLOCK;
        return true;
    }
}
