package dev.xcs.block;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import java.util.List;
import java.util.Objects;

/**
 * What backs a disk, as a block device that can be given to the kernel's back-end.
 *
 * @param kind by which it is given back
 * @param source what was asked for: the file, or the device itself
 * @param path of the device
 * @param held whether a loop device is kept by us: who gives up a hold twice may give up another's, since numbers are used again
 * @param extents everything that its bytes may come from, the files below an image included
 */
record OpenBacking(
        Kind kind,
        Backing source,
        String path,
        DeviceNumber number,
        long sizeBytes,
        List<Extent> extents,
        boolean held) {
    enum Kind {
        DEVICE,
        LOOP,
        NBD
    }

    OpenBacking {
        extents = List.copyOf(extents);
    }

    /** The number of what is a block device. */
    static DeviceNumber numberOf(Backing backing) {
        return Objects.requireNonNull(backing.device(), "a block device has a number");
    }

    OpenBacking withSize(long newSizeBytes) {
        return new OpenBacking(kind, source, path, number, newSizeBytes, extents, held);
    }

    /** The back-end has it now. */
    OpenBacking settled() {
        return new OpenBacking(kind, source, path, number, sizeBytes, extents, false);
    }
}
