package dev.xcs.block;

import java.nio.file.Path;
import java.util.List;

/**
 * What an image says of itself.
 *
 * @param virtualSizeBytes of the disk that it holds
 * @param format in QEMU's words: {@code vpc} for a vhd
 * @param files every file that its bytes may come from, by real path: the image itself first, then its parts, then what it is based
 *     on, and so on
 */
record ImageInfo(long virtualSizeBytes, String format, List<Path> files) {
    ImageInfo {
        files = List.copyOf(files);
    }
}
