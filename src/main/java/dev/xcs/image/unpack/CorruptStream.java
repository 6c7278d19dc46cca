package dev.xcs.image.unpack;

import java.io.IOException;

/** What is read is not what a packer writes. */
final class CorruptStream extends IOException {
    CorruptStream(String what) {
        super(what);
    }

    static void unless(boolean good, String what) throws CorruptStream {
        if (!good) {
            throw new CorruptStream(what);
        }
    }
}
