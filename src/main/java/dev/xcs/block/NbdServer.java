package dev.xcs.block;

import dev.xcs.model.DeviceNumber;
import java.nio.file.Path;

/**
 * A qemu-nbd that serves an image as a network block device of dom0.
 *
 * @param path for example {@code /dev/nbd3}
 * @param format in QEMU's words
 */
record NbdServer(DeviceNumber device, String path, Path image, String format, boolean readOnly, long pid) {}
