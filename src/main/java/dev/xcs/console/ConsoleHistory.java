package dev.xcs.console;

/**
 * The last bytes a domain printed, over all its boots. Every byte has an offset: how many bytes were printed before it since
 * the domain was made.
 */
final class ConsoleHistory {
    private final ByteRing kept;
    private long end;

    /** @param limit how many bytes are kept */
    ConsoleHistory(int limit) {
        this.kept = new ByteRing(limit);
    }

    /** The offset of the first byte that is left. */
    long begin() {
        return end - kept.size();
    }

    /** The offset that the next byte will have. */
    long end() {
        return end;
    }

    void append(byte[] printed) {
        int length = Math.min(printed.length, kept.limit());
        kept.drop(Math.max(0, length - kept.room()));
        kept.append(printed, printed.length - length, length);
        end += printed.length;
    }

    /** What is left, from {@link #begin}. */
    byte[] replay() {
        return kept.peek(kept.size());
    }
}
