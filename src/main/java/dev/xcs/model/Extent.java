package dev.xcs.model;

/**
 * A part of something that bytes are kept on. Two backings that overlap in one extent have bytes in common.
 *
 * @param holder {@code disk 8:0} for a whole block device (major:minor), {@code file 8:1 1234} for a file (device and inode)
 * @param start first byte
 * @param bytes how many; a file is taken whole, as {@link Long#MAX_VALUE}
 */
public record Extent(String holder, long start, long bytes) {
    /** All of something. */
    public static Extent whole(String holder) {
        return new Extent(holder, 0, Long.MAX_VALUE);
    }

    public boolean overlaps(Extent other) {
        // Without sums: the end of a whole file is beyond what a long holds.
        return holder.equals(other.holder)
                && (start <= other.start ? other.start - start < bytes : start - other.start < other.bytes);
    }
}
