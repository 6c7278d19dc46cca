package dev.xcs.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The executable of Plan 9 (a.out(6)): a big-endian header, text with the header in it, data, symbols, tables of lines. */
record Plan9Image(String architecture, long entry) {
    private static final int MAGIC_386 = 0x1eb;
    /** With the bit that says that a wider entry follows the header. */
    private static final int MAGIC_AMD64 = 0x8a97;

    private static final int HEADER_BYTES = 32;
    private static final int WIDE_HEADER_BYTES = 40;
    private static final String[] PARTS = {"text", "data", "symbols", "table of stack offsets", "table of lines"};
    /** The words of the header that say how long these are; between them are the bss and the entry. */
    private static final int[] LENGTHS = {1, 2, 4, 6, 7};

    static boolean begins(ByteBuffer head) {
        int magic = head.remaining() < 4 ? 0 : Integer.reverseBytes(head.getInt(0));
        return magic == MAGIC_386 || magic == MAGIC_AMD64;
    }

    static Plan9Image open(ImageBytes bytes) {
        ByteBuffer header = bytes.require("a.out header", 0, HEADER_BYTES).order(ByteOrder.BIG_ENDIAN);
        boolean wide = header.getInt(0) == MAGIC_AMD64;
        long at = wide ? WIDE_HEADER_BYTES : HEADER_BYTES;
        for (int i = 0; i < PARTS.length; i++) {
            long length = word(header, LENGTHS[i]);
            bytes.requireInside(PARTS[i], at, length);
            at += length;
        }
        if (word(header, 1) == 0) {
            throw bytes.refuse(4, "an a.out without text");
        }
        if (!wide) {
            return new Plan9Image("x86_32", word(header, 5));
        }
        ByteBuffer more = bytes.require("a.out header", HEADER_BYTES, 8).order(ByteOrder.BIG_ENDIAN);
        return new Plan9Image("x86_64", more.getLong(0));
    }

    private static long word(ByteBuffer header, int index) {
        return header.getInt(4 * index) & 0xffffffffL;
    }
}
