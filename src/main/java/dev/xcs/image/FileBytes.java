package dev.xcs.image;

import dev.xcs.model.ProblemException;
import java.nio.ByteBuffer;

/**
 * A file as it is, or its beginning.
 *
 * @param size of what counts
 */
record FileBytes(BootFile file, long size) implements ImageBytes {
    FileBytes(BootFile file) {
        this(file, file.size());
    }

    @Override
    public ByteBuffer read(long at, int length) {
        return file.read(at, (int) Math.max(0, Math.min(length, size - at)));
    }

    @Override
    public ProblemException refuse(long at, String what) {
        return file.refuse("is broken at offset 0x" + Long.toHexString(at) + ": " + what);
    }
}
