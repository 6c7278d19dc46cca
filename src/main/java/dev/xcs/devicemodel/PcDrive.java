package dev.xcs.devicemodel;

import dev.xcs.device.DevicePaths;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VirtualDevice;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A drive at a PC's IDE controllers: what the guest sees of a disk before it has Xen's own drivers. Its bytes come from the device that the
 * block backend has made, so that there is one guard and one reader of formats for both ways.
 *
 * @param index the first controller's master and slave, then the second's
 * @param device in dom0; none for an empty CD drive
 */
record PcDrive(int index, boolean cd, @Nullable String device) {
    private static final Pattern NUMBERS = Pattern.compile("([0-9a-f]{1,7}):([0-9a-f]{1,7})");

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
        String node = new DevicePaths("vbd", domid, device.number()).backend() + "/physical-device";
        return store.read(node + "-path")
                .compose(path -> path.isPresent() ? Future.succeededFuture(path) : numbered(store, node))
                .map(path -> Optional.of(new PcDrive(
                        device.disk(),
                        cd,
                        path.orElseThrow(() -> missing(disk, node).toException()))));
    }

    /** Hotplug scripts may tell the numbers only, in hexadecimal. */
    private static Future<Optional<String>> numbered(Xenstore store, String node) {
        return store.read(node)
                .map(numbers -> numbers.map(NUMBERS::matcher)
                        .filter(Matcher::matches)
                        .map(found -> "/dev/block/" + Integer.parseInt(found.group(1), 16) + ":"
                                + Integer.parseInt(found.group(2), 16)));
    }

    /** A PC without its disk would look for another to boot from. */
    private static Problem missing(DiskSpec disk, String node) {
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "Which device disk " + disk.vdev() + " has in dom0 is not in xenstore, in " + node + "-path or "
                                + node)
                .withStep("device-model")
                .withCause("its hotplug script has written neither");
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
