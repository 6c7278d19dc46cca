package dev.xcs.image.unpack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * An xz file whose first block claims no larger dictionary than is kept. The library makes all of the dictionary that is claimed at once;
 * with a smaller one it unpacks the same, until something refers back too far.
 */
final class XzHeaderCap {
    private static final int STREAM_HEADER = 12;
    private static final int LZMA2 = 0x21;
    /** The code of a dictionary of 32 MiB; they go on by factors of 1.5 and 4/3. */
    private static final int MAX_CODE = 26;

    private final InputStream stream;
    private final boolean capped;

    private XzHeaderCap(InputStream stream, boolean capped) {
        this.stream = stream;
        this.capped = capped;
    }

    static XzHeaderCap on(InputStream in) throws IOException {
        byte[] head = in.readNBytes(STREAM_HEADER + 1);
        int length = head.length <= STREAM_HEADER ? 0 : ((head[STREAM_HEADER] & 0xff) + 1) * 4;
        byte[] block = in.readNBytes(Math.max(0, length - 1));
        boolean capped = block.length == length - 1 && length > 8 && cap(head[STREAM_HEADER], block);
        return new XzHeaderCap(
                new SequenceInputStream(
                        new SequenceInputStream(new ByteArrayInputStream(head), new ByteArrayInputStream(block)), in),
                capped);
    }

    InputStream stream() {
        return stream;
    }

    /** Whether the stream may refer back further than is kept. */
    boolean capped() {
        return capped;
    }

    /** @param block the header of a block without its first byte: flags, sizes, filters, padding, CRC32 */
    private static boolean cap(byte first, byte[] block) {
        int end = block.length - 4;
        int at = 1 + skipNumbers(block, 1, Integer.bitCount(block[0] & 0xc0));
        for (int filter = 0; filter <= (block[0] & 3); filter++) {
            if (at + 1 >= end) {
                return false;
            }
            int id = block[at];
            int size = block[at + 1];
            if (id == LZMA2
                    && size == 1
                    && at + 2 < end
                    && (block[at + 2] & 0xff) > MAX_CODE
                    && sumIsRight(first, block)) {
                block[at + 2] = MAX_CODE;
                putSum(first, block);
                return true;
            }
            // Filters of kernels have properties of one or two digits of size; others are the library's business.
            if (id < 0 || size < 0) {
                return false;
            }
            at += 2 + size;
        }
        return false;
    }

    private static int skipNumbers(byte[] block, int from, int count) {
        int at = from;
        for (int left = count; left > 0 && at < block.length; at++) {
            left -= block[at] >= 0 ? 1 : 0;
        }
        return at - from;
    }

    private static int sum(byte first, byte[] block) {
        CRC32 crc = new CRC32();
        crc.update(first);
        crc.update(block, 0, block.length - 4);
        return (int) crc.getValue();
    }

    private static boolean sumIsRight(byte first, byte[] block) {
        return ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).getInt(block.length - 4) == sum(first, block);
    }

    private static void putSum(byte first, byte[] block) {
        ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).putInt(block.length - 4, sum(first, block));
    }
}
