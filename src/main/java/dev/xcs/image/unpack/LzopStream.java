package dev.xcs.image.unpack;

import java.io.IOException;
import java.io.InputStream;

/** A file of lzop: a header, and blocks of LZO1X with their lengths. Checksums are not looked at. */
final class LzopStream extends BlockStream {
    private static final long MAGIC = 0x894c5a4f000d0a1aL;
    private static final int MAGIC_TAIL = 0x0a;
    private static final int MAX_BLOCK = 8 << 20;
    /** The first version with a level and a longer time in its header. */
    private static final int LONGER_HEADER = 0x0940;

    private static final int FLAG_FILTER = 0x800;
    private static final int FLAG_EXTRA = 0x40;
    private static final int FLAG_PACKED_ADLER32 = 0x2;
    private static final int FLAG_PACKED_CRC32 = 0x200;
    private static final int FLAGS_UNPACKED = 0x1 | 0x100;

    private final Bytes in;
    private final int flags;

    LzopStream(InputStream in) throws IOException {
        this.in = new Bytes(in);
        flags = header();
    }

    private int header() throws IOException {
        long magic = in.u32() << 32 | in.u32();
        CorruptStream.unless(magic == MAGIC && in.u8() == MAGIC_TAIL, "it has no header of lzop");
        int version = in.u16();
        boolean longer = version >= LONGER_HEADER;
        in.skip(2 + (longer ? 2 : 0));
        int method = in.u8();
        CorruptStream.unless(method >= 1 && method <= 3, "it is packed by method " + method + " of lzop");
        in.skip(longer ? 1 : 0);
        int found = (int) in.u32();
        in.skip((found & FLAG_FILTER) == 0 ? 0 : 4);
        in.skip(longer ? 12 : 8);
        in.skip(in.u8());
        in.skip(4);
        if ((found & FLAG_EXTRA) != 0) {
            in.skip(in.u32() + 4);
        }
        return found;
    }

    @Override
    boolean next() throws IOException {
        long size = in.u32();
        if (size == 0) {
            return false;
        }
        long packed = in.u32();
        CorruptStream.unless(
                size <= MAX_BLOCK && packed <= size && packed > 0, "an LZO block has " + packed + " bytes for " + size);
        boolean stored = packed == size;
        int sums = Integer.bitCount(flags & FLAGS_UNPACKED)
                + (stored ? 0 : Integer.bitCount(flags & (FLAG_PACKED_ADLER32 | FLAG_PACKED_CRC32)));
        in.skip(4L * sums);
        byte[] bytes = in.take((int) packed);
        if (!stored) {
            byte[] unpacked = new byte[(int) size];
            LzoBlock.unpack(bytes, unpacked);
            bytes = unpacked;
        }
        serve(bytes, 0, bytes.length);
        return true;
    }
}
