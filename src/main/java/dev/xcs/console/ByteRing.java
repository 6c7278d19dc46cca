package dev.xcs.console;

/** A queue of bytes that grows as it is filled, up to a limit: a thousand quiet domains cost little. */
final class ByteRing {
    private static final int FIRST_BYTES = 1024;

    private final int limit;
    private byte[] bytes;
    private int start;
    private int size;

    ByteRing(int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(FIRST_BYTES, limit)];
    }

    int size() {
        return size;
    }

    int limit() {
        return limit;
    }

    int room() {
        return limit - size;
    }

    /** The caller sees to it that there is {@link #room}. */
    void append(byte[] from, int offset, int length) {
        grow(size + length);
        int end = (start + size) % bytes.length;
        int untilWrap = Math.min(length, bytes.length - end);
        System.arraycopy(from, offset, bytes, end, untilWrap);
        System.arraycopy(from, offset + untilWrap, bytes, 0, length - untilWrap);
        size += length;
    }

    private void grow(int needed) {
        if (needed <= bytes.length) {
            return;
        }
        byte[] larger = new byte[(int) Math.min(limit, Math.max(needed, 2L * bytes.length))];
        copy(larger, size);
        bytes = larger;
        start = 0;
    }

    /** The first bytes, at most {@code atMost}; they stay. */
    byte[] peek(int atMost) {
        byte[] first = new byte[Math.min(atMost, size)];
        copy(first, first.length);
        return first;
    }

    private void copy(byte[] into, int length) {
        int untilWrap = Math.min(length, bytes.length - start);
        System.arraycopy(bytes, start, into, 0, untilWrap);
        System.arraycopy(bytes, 0, into, untilWrap, length - untilWrap);
    }

    /** Removes the first bytes. */
    void drop(int count) {
        size -= count;
        start = size == 0 ? 0 : (start + count) % bytes.length;
    }
}
