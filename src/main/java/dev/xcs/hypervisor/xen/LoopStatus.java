package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import dev.xcs.model.DeviceNumber;

/**
 * What a loop device stands for.
 *
 * @param device that the file is kept on
 * @param real the device itself when the loop device was made of a block device, else 0:0 or the same as {@code device}
 */
record LoopStatus(DeviceNumber device, long inode, DeviceNumber real) {
    /** {@code struct loop_info64} of linux/loop.h. */
    static final int BYTES = 232;

    static final int FLAGS = 52;
    static final int FILE_NAME = 56;
    static final int FILE_NAME_BYTES = 63;

    private static final DeviceNumber NONE = new DeviceNumber(0, 0);
    private static final int DEVICE = 0;
    private static final int INODE = 8;
    private static final int REAL_DEVICE = 16;

    static LoopStatus of(Memory info) {
        return new LoopStatus(
                FileNode.decode(info.getLong(DEVICE)), info.getLong(INODE), FileNode.decode(info.getLong(REAL_DEVICE)));
    }

    boolean ofBlockDevice() {
        return !real.equals(NONE) && !real.equals(device);
    }
}
