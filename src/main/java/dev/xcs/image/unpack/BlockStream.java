package dev.xcs.image.unpack;

import java.io.IOException;
import java.io.InputStream;

/** A stream that is unpacked block by block. */
abstract class BlockStream extends InputStream {
    private byte[] block = new byte[0];
    private int at;
    private int limit;
    private boolean ended;

    /** Unpacks the next block, which may be empty, and gives it by {@link #serve}; false at the end. */
    abstract boolean next() throws IOException;

    /** What is read from now on; it has to stay as it is until it is asked for the next. */
    final void serve(byte[] bytes, int from, int to) {
        block = bytes;
        at = from;
        limit = to;
    }

    private boolean ready() throws IOException {
        while (at == limit && !ended) {
            ended = !next();
        }
        return at < limit;
    }

    @Override
    public final int read() throws IOException {
        return ready() ? block[at++] & 0xff : -1;
    }

    @Override
    public final int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int count = Math.min(length, limit - at);
        System.arraycopy(block, at, into, offset, count);
        at += count;
        return count;
    }
}
