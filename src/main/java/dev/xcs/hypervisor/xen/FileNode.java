package dev.xcs.hypervisor.xen;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stat says of a path, links followed.
 *
 * @param mode type and permissions (S_IFMT of sys/stat.h in its upper part)
 * @param device that the file is kept on
 * @param special the device that a device node stands for; means nothing for other kinds
 */
record FileNode(int mode, long size, DeviceNumber device, long inode, DeviceNumber special) {
    private static final String ATTRIBUTES = "unix:mode,size,dev,ino,rdev";
    private static final int TYPE_MASK = 0xf000;
    private static final int MINOR_LOW_BITS = 0xff;

    static FileNode of(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, ATTRIBUTES);
        return new FileNode(
                (int) number(found.get("mode")),
                number(found.get("size")),
                decode(number(found.get("dev"))),
                number(found.get("ino")),
                decode(number(found.get("rdev"))));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number given ? given.longValue() : 0;
    }

    /** A dev_t of stat and of loop_info64: twelve bits of major between the minor's lower eight and its others (linux/kdev_t.h). */
    static DeviceNumber decode(long dev) {
        return new DeviceNumber((int) (((dev >>> 8) & 0xfff) | ((dev >>> 32) & ~0xfffL)), (int)
                ((dev & MINOR_LOW_BITS) | ((dev >>> 12) & 0xffffff00L)));
    }

    Backing.Kind kind() {
        return switch (mode & TYPE_MASK) {
            case 0x8000 -> Backing.Kind.FILE;
            case 0x6000 -> Backing.Kind.BLOCK_DEVICE;
            case 0x4000 -> Backing.Kind.DIRECTORY;
            case 0x1000 -> Backing.Kind.FIFO;
            case 0xc000 -> Backing.Kind.SOCKET;
            default -> Backing.Kind.CHARACTER_DEVICE;
        };
    }

    boolean isBlockDevice() {
        return kind() == Backing.Kind.BLOCK_DEVICE;
    }

    /** Whether both are the same file, by whatever names. */
    boolean isSameFile(DeviceNumber otherDevice, long otherInode) {
        return device.equals(otherDevice) && inode == otherInode;
    }

    String holder() {
        return holder(device, inode);
    }

    /** A file as the holder of extents. */
    static String holder(DeviceNumber device, long inode) {
        return "file " + device + " " + Long.toUnsignedString(inode);
    }
}
