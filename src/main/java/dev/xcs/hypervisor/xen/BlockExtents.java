package dev.xcs.hypervisor.xen;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import java.util.ArrayList;
import java.util.List;

/** Where the bytes of a block device are: in its disk, and for a loop device in its file. */
final class BlockExtents {
    /** Loop devices may be made of loop devices, but not for ever. */
    private static final int MAX_DEPTH = 8;

    private final SysBlock sys;
    private final LoopControl loops;

    BlockExtents(SysBlock sys, LoopControl loops) {
        this.sys = sys;
        this.loops = loops;
    }

    List<Extent> of(DeviceNumber device) {
        List<Extent> found = new ArrayList<>();
        add(device, found, MAX_DEPTH);
        return found;
    }

    private void add(DeviceNumber device, List<Extent> into, int depth) {
        DeviceNumber disk = sys.disk(device).orElse(device);
        into.add(
                disk.equals(device)
                        ? Extent.whole(holder(disk))
                        : new Extent(holder(disk), sys.startBytes(device), sys.sizeBytes(device)));
        if (sys.loopFile(disk).isPresent() && depth > 0) {
            sys.name(disk).flatMap(name -> loops.status("/dev/" + name)).ifPresent(loop -> addFile(loop, into, depth));
        }
    }

    private void addFile(LoopStatus loop, List<Extent> into, int depth) {
        if (loop.ofBlockDevice()) {
            add(loop.real(), into, depth - 1);
        } else {
            into.add(Extent.whole(FileNode.holder(loop.device(), loop.inode())));
        }
    }

    private static String holder(DeviceNumber disk) {
        return "disk " + disk;
    }
}
