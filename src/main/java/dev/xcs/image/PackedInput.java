package dev.xcs.image;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** A stretch of a file as a stream that knows where it is. */
final class PackedInput extends InputStream {
    private final BootFile file;
    private final long end;
    private long at;

    PackedInput(BootFile file, long start, long length) {
        this.file = file;
        this.at = start;
        this.end = Math.min(file.size(), start + length);
    }

    /** The offset in the file of what is read next. */
    long position() {
        return at;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        int count = (int) Math.min(length, end - at);
        if (count <= 0) {
            return length == 0 ? 0 : -1;
        }
        file.readFully(at, ByteBuffer.wrap(into, offset, count));
        at += count;
        return count;
    }
}
