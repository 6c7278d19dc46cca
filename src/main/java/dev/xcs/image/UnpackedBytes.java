package dev.xcs.image;

import dev.xcs.image.unpack.Unpacking;
import dev.xcs.image.unpack.WindowExceeded;
import dev.xcs.model.Compression;
import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is packed in a stretch of a file. Only its beginning is kept; what is further on is unpacked when it is asked for, and to go back means
 * to unpack once more.
 */
final class UnpackedBytes implements ImageBytes, AutoCloseable {
    /** What is unpacked at most: several times the largest kernel with a ramdisk inside. */
    static final long MAX_BYTES = 512L << 20;

    private static final int KEPT = 1 << 16;
    private static final int MAX_RESTARTS = 4;

    private final BootFile file;
    private final Compression compression;
    private final long start;
    private final long length;
    private PackedInput input;
    private InputStream stream;
    private byte[] head;
    private long position;
    private long size = Long.MAX_VALUE;
    private int restarts;

    private UnpackedBytes(BootFile file, Compression compression, long start, long length) {
        this.file = file;
        this.compression = compression;
        this.start = start;
        this.length = length;
        this.input = new PackedInput(file, start, length);
        this.stream = open();
        this.head = next(KEPT);
    }

    /** Unpacks the beginning. */
    static UnpackedBytes of(BootFile file, Compression compression, long start, long length) {
        return new UnpackedBytes(file, compression, start, length);
    }

    @Override
    public ByteBuffer read(long at, int wanted) {
        if (at + wanted <= head.length || size <= head.length) {
            int from = (int) Math.min(at, head.length);
            return wrap(Arrays.copyOfRange(head, from, (int) Math.min(head.length, at + wanted)));
        }
        if (at < position) {
            restart(at);
        }
        skip(at);
        return wrap(next(wanted));
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void restart(long at) {
        if (++restarts > MAX_RESTARTS) {
            throw refuse(at, "its parts are too much out of order");
        }
        close();
        input = new PackedInput(file, start, length);
        stream = open();
        position = 0;
    }

    private void skip(long to) {
        while (position < to && position < size) {
            next((int) Math.min(KEPT, to - position));
        }
    }

    /** Unpacks all of it, so that its size is known, and that it is well. */
    void finish() {
        skip(Long.MAX_VALUE);
    }

    private InputStream open() {
        try {
            return Unpacking.open(compression, input);
        } catch (IOException | RuntimeException e) {
            throw refuse(e);
        }
    }

    private byte[] next(int wanted) {
        if (position + wanted > MAX_BYTES) {
            throw file.refuse("is packed by " + compression.json() + " and larger than it may be: more than "
                    + (MAX_BYTES >> 20) + " MiB");
        }
        try {
            byte[] bytes = stream.readNBytes(wanted);
            position += bytes.length;
            if (bytes.length < wanted) {
                size = position;
            }
            return bytes;
        } catch (WindowExceeded e) {
            throw new Incomplete(e, position);
        } catch (IOException | RuntimeException e) {
            throw refuse(e);
        }
    }

    /** Libraries answer hostile bytes by all kinds of exceptions; what our own file tells is a problem already. */
    private ProblemException refuse(Exception e) {
        if (e instanceof ProblemException known) {
            return known;
        }
        String why = e instanceof IOException && e.getMessage() != null ? e.getMessage() : e.toString();
        ProblemException refusal = file.refuse("is broken before offset 0x" + Long.toHexString(input.position())
                + ": it cannot be unpacked by " + compression.json() + ": " + why);
        return new ProblemException(refusal.problem(), e);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ProblemException refuse(long at, String what) {
        return file.refuse("is broken at offset 0x" + Long.toHexString(at) + " of what is packed in it: " + what);
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw new ProblemException(file.refuse("cannot be closed: " + e).problem(), e);
        }
    }

    /** Not all can be unpacked with the memory that is allowed, though it may be well. */
    static final class Incomplete extends RuntimeException {
        private final long position;

        private Incomplete(@Nullable Throwable cause, long position) {
            super(cause == null ? "" : cause.getMessage(), cause);
            this.position = position;
        }

        /** How much was unpacked. */
        long position() {
            return position;
        }
    }
}
