package dev.xcs.model;

/**
 * What went through a disk since it was attached, counted by the back-end.
 *
 * @param readTimeMillis time that reads took, summed over them; of the device behind the disk, and 0 where nobody counts it
 * @param writeTimeMillis the same for writes
 * @param errors requests that failed; 0 where nobody counts them
 * @param ringFull how often the back-end had to put requests off (blkback's oo_req)
 */
public record DiskStatistics(
        long reads,
        long writes,
        long readBytes,
        long writtenBytes,
        long flushes,
        long discards,
        long readTimeMillis,
        long writeTimeMillis,
        long errors,
        long ringFull) {
    public static final DiskStatistics NONE = new DiskStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
