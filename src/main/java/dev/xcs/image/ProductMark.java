package dev.xcs.image;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/** Texts by which those that have no notes to say it are recognised. */
enum ProductMark {
    HVMLOADER("HVM Loader\n"),
    XEN("Xen version %d.%d"),
    XEN_SHIM("pv-shim mode\n"),
    /** A driver of UEFI; their names are in UTF-16. */
    XEN_BUS("XenBusDxe", StandardCharsets.UTF_16LE);

    private static final int CHUNK = 1 << 16;
    /** None of them is larger. */
    private static final long SEARCHED = 16L << 20;

    private static final int LONGEST = 32;

    private final byte[] text;

    ProductMark(String text) {
        this(text, StandardCharsets.US_ASCII);
    }

    ProductMark(String text, Charset charset) {
        this.text = text.getBytes(charset);
    }

    /** All that occur. */
    static Set<ProductMark> in(ImageBytes bytes) {
        Set<ProductMark> found = EnumSet.noneOf(ProductMark.class);
        byte[] window = new byte[LONGEST + CHUNK];
        int kept = 0;
        for (long at = 0; at < SEARCHED; at += CHUNK) {
            ByteBuffer chunk = bytes.read(at, CHUNK);
            int length = kept + chunk.remaining();
            chunk.get(window, kept, chunk.remaining());
            for (ProductMark mark : values()) {
                if (!found.contains(mark) && mark.isIn(window, length)) {
                    found.add(mark);
                }
            }
            if (chunk.limit() < CHUNK) {
                break;
            }
            // What begins in one chunk may end in the next.
            System.arraycopy(window, length - LONGEST, window, 0, LONGEST);
            kept = LONGEST;
        }
        return found;
    }

    private boolean isIn(byte[] bytes, int length) {
        for (int at = 0; at <= length - text.length; at++) {
            if (bytes[at] == text[0] && matches(bytes, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(byte[] bytes, int at) {
        for (int i = 1; i < text.length; i++) {
            if (bytes[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }
}
