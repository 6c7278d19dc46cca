package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.BlkifRing;
import dev.xcs.model.DiskStatistics;
import java.util.concurrent.TimeUnit;

/** What went through one disk. Thread-safe. */
final class VbdCounters {
    private long reads;
    private long writes;
    private long readBytes;
    private long writtenBytes;
    private long flushes;
    private long discards;
    private long readNanos;
    private long writeNanos;
    private long errors;

    synchronized void count(int operation, boolean succeeded, long bytes, long nanos) {
        errors += succeeded ? 0 : 1;
        switch (operation) {
            case BlkifRing.READ -> {
                reads++;
                readBytes += succeeded ? bytes : 0;
                readNanos += nanos;
            }
            case BlkifRing.WRITE -> {
                writes++;
                writtenBytes += succeeded ? bytes : 0;
                writeNanos += nanos;
            }
            case BlkifRing.FLUSH -> flushes++;
            case BlkifRing.DISCARD -> discards++;
            default -> {}
        }
    }

    synchronized DiskStatistics snapshot() {
        return new DiskStatistics(
                reads,
                writes,
                readBytes,
                writtenBytes,
                flushes,
                discards,
                TimeUnit.NANOSECONDS.toMillis(readNanos),
                TimeUnit.NANOSECONDS.toMillis(writeNanos),
                errors,
                0);
    }
}
