package dev.xcs.block;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.StoreNode;
import dev.xcs.platform.Dom0;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the nodes of a disk for both ends, physical-device included, so that the kernel's back-end needs nothing more (seen on Xen 4.17 with
 * Linux 6.1: hotplug-status is written for those who look at it, blkback does not).
 */
final class VbdNodes {
    /** By its value xcsd knows its own disks, also when it knows nothing else of a domain any more. */
    static final String TOOLSTACK = "toolstack";

    static final String XCSD = "xcsd";

    private final Dom0 dom0;

    VbdNodes(Dom0 dom0) {
        this.dom0 = dom0;
    }

    /** In the order in which they are to be written, so that permissions are inherited. */
    List<StoreNode> of(VbdPaths paths, KeptDisk disk) {
        List<StoreNode> nodes = new ArrayList<>();
        frontend(paths, disk, nodes);
        backend(paths, disk, nodes);
        mirror(paths, disk.spec(), nodes);
        return nodes;
    }

    /** What xl looks at: block-list, and destroy to find the back-end. */
    private static void mirror(VbdPaths paths, DiskSpec spec, List<StoreNode> nodes) {
        String libxl = paths.libxl();
        nodes.add(node(libxl + "/frontend", paths.frontend()));
        nodes.add(node(libxl + "/backend", paths.backend()));
        nodes.add(node(libxl + "/removable", spec.device() == DiskDevice.CDROM ? 1 : 0));
        nodes.add(node(libxl + "/type", "phy"));
        common(libxl, spec, nodes);
    }

    private static void common(String directory, DiskSpec spec, List<StoreNode> nodes) {
        nodes.add(node(directory + "/params", params(spec)));
        nodes.add(node(directory + "/dev", spec.vdev()));
        nodes.add(node(directory + "/mode", spec.access() == DiskAccess.RW ? "w" : "r"));
        nodes.add(node(directory + "/device-type", type(spec)));
    }

    private static void frontend(VbdPaths paths, KeptDisk disk, List<StoreNode> nodes) {
        String front = paths.frontend();
        nodes.add(new StoreNode(front, "", List.of("n" + paths.domid(), "r0")));
        nodes.add(node(front + "/backend", paths.backend()));
        nodes.add(node(front + "/backend-id", 0));
        nodes.add(node(front + "/state", 1));
        nodes.add(node(front + "/virtual-device", paths.number()));
        nodes.add(node(front + "/device-type", type(disk.spec())));
    }

    /** Whatever is written here the kernel looks up, so what it takes for granted is left out: raw, and discards allowed. */
    private void backend(VbdPaths paths, KeptDisk disk, List<StoreNode> nodes) {
        DiskSpec spec = disk.spec();
        String back = paths.backend();
        nodes.add(new StoreNode(back, "", List.of("n0", "r" + paths.domid())));
        nodes.add(node(back + "/frontend", paths.frontend()));
        nodes.add(node(back + "/frontend-id", paths.domid()));
        common(back, spec, nodes);
        nodes.add(node(back + "/" + TOOLSTACK, XCSD));
        if (spec.format() != DiskFormat.RAW) {
            nodes.add(node(back + "/format", spec.format().json()));
        }
        nodes.add(node(back + "/online", 1));
        nodes.add(node(back + "/state", 1));
        if (!discards(spec)) {
            nodes.add(node(back + "/discard-enable", 0));
        }
        if (spec.directIoSafe()) {
            nodes.add(node(back + "/direct-io-safe", 1));
        }
        device(back, disk.backing(), spec.script(), nodes);
    }

    private void device(String back, @Nullable OpenBacking backing, @Nullable String script, List<StoreNode> nodes) {
        if (script != null) {
            nodes.add(node(back + "/script", script));
        }
        if (backing != null) {
            nodes.add(node(back + "/physical-device", dom0.physicalDevice(backing.number())));
            nodes.add(node(back + "/physical-device-path", backing.path()));
            nodes.add(node(back + "/hotplug-status", "connected"));
        }
    }

    private static boolean discards(DiskSpec spec) {
        return spec.discard() == null ? spec.access() == DiskAccess.RW : spec.discard();
    }

    private static String type(DiskSpec spec) {
        return spec.device() == DiskDevice.CDROM ? "cdrom" : "disk";
    }

    private static String params(DiskSpec spec) {
        return spec.target() == null ? "" : spec.target();
    }

    private static StoreNode node(String path, Object value) {
        return new StoreNode(path, value.toString(), null);
    }
}
