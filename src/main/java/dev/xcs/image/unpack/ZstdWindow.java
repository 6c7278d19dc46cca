package dev.xcs.image.unpack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The last bytes of what was unpacked, in pages that are made when they are first reached: no more memory than there is content. */
final class ZstdWindow {
    private static final int PAGE_BITS = 16;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int MASK = PAGE - 1;
    /** Beyond the window: what is just being unpacked. */
    private static final int SLACK_PAGES = ZstdStream.MAX_BLOCK >> PAGE_BITS;

    private final List<byte[]> pages = new ArrayList<>();
    private final int maxPages;
    private final long declared;
    private long end;

    /** @param declared how far the stream says that it refers back */
    ZstdWindow(long declared) {
        this.declared = declared;
        this.maxPages = (int) (Math.min(Math.max(declared, PAGE), Unpacking.MAX_WINDOW_BYTES) + MASK >> PAGE_BITS)
                + SLACK_PAGES;
    }

    /** How many bytes there have been. */
    long end() {
        return end;
    }

    void put(byte[] from, int at, int length) {
        int done = 0;
        while (done < length) {
            int room = Math.min(length - done, PAGE - (int) (end & MASK));
            System.arraycopy(from, at + done, page(end), (int) (end & MASK), room);
            done += room;
            end += room;
        }
    }

    /** Repeats what was there {@code distance} bytes ago. */
    void repeat(long distance, int length) throws IOException {
        CorruptStream.unless(distance > 0 && distance <= end, "a zstd block refers to what is before the beginning");
        if (distance > (long) (maxPages - SLACK_PAGES) << PAGE_BITS) {
            CorruptStream.unless(distance <= declared, "a zstd block refers to what is outside of the window");
            throw new WindowExceeded(Unpacking.MAX_WINDOW_BYTES);
        }
        int left = length;
        while (left > 0) {
            int from = (int) (end - distance & MASK);
            int to = (int) (end & MASK);
            int run = (int) Math.min(Math.min(left, distance), Math.min(PAGE - from, PAGE - to));
            // Of two pages, or of two parts of one that do not overlap.
            System.arraycopy(page(end - distance), from, page(end), to, run);
            left -= run;
            end += run;
        }
    }

    /** Copies what is at a place that is still kept. */
    void copy(long at, byte[] into, int offset, int length) {
        int done = 0;
        while (done < length) {
            int from = (int) (at + done & MASK);
            int run = Math.min(length - done, PAGE - from);
            System.arraycopy(page(at + done), from, into, offset + done, run);
            done += run;
        }
    }

    private byte[] page(long at) {
        int index = (int) ((at >> PAGE_BITS) % maxPages);
        if (index == pages.size()) {
            pages.add(new byte[PAGE]);
        }
        return pages.get(index);
    }
}
