package dev.xcs.image;

import dev.xcs.model.ProblemException;
import java.nio.ByteBuffer;

/** A file as it is. */
record FileBytes(BootFile file) implements ImageBytes {
    @Override
    public ByteBuffer read(long at, int length) {
        return file.read(at, length);
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public ProblemException refuse(long at, String what) {
        return file.refuse("is broken at offset 0x" + Long.toHexString(at) + ": " + what);
    }
}
