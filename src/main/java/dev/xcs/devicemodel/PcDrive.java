package dev.xcs.devicemodel;

import dev.xcs.device.DevicePaths;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.VirtualDevice;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A drive at a PC's IDE controllers: what the guest sees of a disk before it has Xen's own drivers. Its bytes come from the device that the
 * block backend has made, so that there is one guard and one reader of formats for both ways.
 *
 * @param index the first controller's master and slave, then the second's
 * @param device in dom0; none for an empty CD drive
 */
record PcDrive(int index, boolean cd, @Nullable String device) {

    /** Those of the domain's disks that a PC has a place for, once their nodes are written. */
    static Future<List<PcDrive>> of(DomainSpec spec, int domid, Xenstore store) {
        List<Future<Optional<PcDrive>>> all = spec.disks().stream()
                .filter(PcDrive::isPossible)
                .map(disk -> of(disk, VirtualDevice.parse(disk.vdev(), spec.guestOs()), domid, store))
                .toList();
        return Future.join(all)
                .map(any -> all.stream().flatMap(one -> one.result().stream()).toList());
    }

    /** An IDE disk that cannot be written is not known to QEMU. */
    private static boolean isPossible(DiskSpec disk) {
        return disk.device() == DiskDevice.CDROM || disk.access() == DiskAccess.RW;
    }

    private static Future<Optional<PcDrive>> of(DiskSpec disk, VirtualDevice device, int domid, Xenstore store) {
        boolean cd = disk.device() == DiskDevice.CDROM;
        if (!device.isPcDrive()) {
            return Future.succeededFuture(Optional.empty());
        }
        if (disk.target() == null) {
            return Future.succeededFuture(Optional.of(new PcDrive(device.disk(), cd, null)));
        }
        String node = new DevicePaths("vbd", domid, device.number()).backend() + "/physical-device-path";
        // What a hotplug script makes is not there yet.
        return store.read(node).map(path -> path.map(found -> new PcDrive(device.disk(), cd, found)));
    }

    /** As QEMU's option -drive has it. */
    String option() {
        String common = "if=ide,index=" + index + ",media=" + (cd ? "cdrom" : "disk");
        return device == null
                ? common
                : "file=" + QemuCommand.quoted(device) + "," + common + ",format=raw,cache=writeback"
                        + (cd ? ",readonly=on" : "");
    }
}
