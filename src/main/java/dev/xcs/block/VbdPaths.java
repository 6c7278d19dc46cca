package dev.xcs.block;

import dev.xcs.device.DevicePaths;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the nodes of a disk are: docs/misc/xenstore-paths.pandoc, and below {@code /libxl} what xl looks at to find it.
 *
 * @param number the virtual device's
 */
record VbdPaths(int domid, int number) {
    /** The backends of dom0 that are the kernel's, by domid and number. */
    static final String BACKENDS = "/local/domain/0/backend/vbd";

    /** Those that are QEMU's: never ours. */
    static final String QEMU_BACKENDS = "/local/domain/0/backend/qdisk";

    /** Of the domain itself: there as long as it is. */
    String home() {
        return "/local/domain/" + domid;
    }

    String frontend() {
        return home() + "/device/vbd/" + number;
    }

    String backend() {
        return BACKENDS + "/" + domid + "/" + number;
    }

    DevicePaths device() {
        return new DevicePaths("vbd", domid, number);
    }

    String libxl() {
        return "/libxl/" + domid + "/device/vbd/" + number;
    }

    /** Where all disks of the domain are, once for each of the three. */
    List<String> directories() {
        return Stream.of(frontend(), backend(), libxl())
                .map(path -> path.substring(0, path.lastIndexOf('/')))
                .toList();
    }
}
