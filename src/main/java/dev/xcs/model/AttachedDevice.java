package dev.xcs.model;

/**
 * A block device of dom0 that stands for a file: a loop device or a network block device.
 *
 * @param path for example {@code /dev/loop3}
 */
public record AttachedDevice(String path, DeviceNumber number, long sizeBytes, boolean readOnly) {}
