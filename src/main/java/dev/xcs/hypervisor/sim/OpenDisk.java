package dev.xcs.hypervisor.sim;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongSupplier;

/**
 * A block device of dom0 that somebody has open. Safe for several threads.
 *
 * @param start where its bytes begin in the file
 * @param size its size in bytes, now
 * @param onClose gives the file back
 */
record OpenDisk(FileChannel file, long start, LongSupplier size, int sectorBytes, boolean readOnly, Runnable onClose)
        implements AutoCloseable {
    private static final int ZEROS = 64 * 1024;

    long sizeBytes() {
        return size.getAsLong();
    }

    /** Fills the buffer; what lies beyond the end of the file is an error, as the device has shrunk. */
    void read(ByteBuffer into, long at) throws IOException {
        for (long position = start + at; into.hasRemaining(); ) {
            int count = file.read(into, position);
            if (count < 0) {
                throw new EOFException("the file ends before byte " + position);
            }
            position += count;
        }
    }

    void write(ByteBuffer from, long at) throws IOException {
        for (long position = start + at; from.hasRemaining(); ) {
            position += file.write(from, position);
        }
    }

    /** Java cannot punch holes: what is discarded becomes zeros, as it reads after a hole is made. */
    void zero(long at, long bytes) throws IOException {
        for (long done = 0; done < bytes; done += ZEROS) {
            write(ByteBuffer.allocate((int) Math.min(ZEROS, bytes - done)), at + done);
        }
    }

    void flush() throws IOException {
        file.force(false);
    }

    @Override
    public void close() {
        onClose.run();
    }
}
