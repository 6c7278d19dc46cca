package dev.xcs.block;

import dev.xcs.model.DiskFormat;
import java.nio.file.Path;

/**
 * An image to be served.
 *
 * @param file absolute
 * @param discard whether what a guest discards is given back to the file system
 */
record NbdImage(Path file, DiskFormat format, boolean readOnly, boolean discard) {
    NbdImage {
        if (!file.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + file);
        }
    }
}
