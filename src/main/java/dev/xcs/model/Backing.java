package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is at a path in dom0 that may back a disk.
 *
 * @param path after all symbolic links are followed
 * @param sizeBytes of the device or the file; exact, not rounded
 * @param sectorBytes logical sector of the device; 512 for a file
 * @param device for a block device: its number
 * @param readOnly whether the device itself cannot be written
 * @param extents where its bytes are, down to whole disks and files: of a partition the part of its disk, of a loop device its file
 * @param uses who in dom0 uses it now, in words: {@code mounted at /srv}, {@code swap}, {@code held by dm-0}; empty for nobody
 */
public record Backing(
        String path,
        Kind kind,
        long sizeBytes,
        int sectorBytes,
        @Nullable DeviceNumber device,
        boolean readOnly,
        List<Extent> extents,
        List<String> uses) {
    public Backing {
        extents = List.copyOf(extents);
        uses = List.copyOf(uses);
    }

    /** What kind of thing it is. */
    public enum Kind {
        FILE("a file"),
        BLOCK_DEVICE("a block device"),
        DIRECTORY("a directory"),
        FIFO("a fifo"),
        SOCKET("a socket"),
        CHARACTER_DEVICE("a character device");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
