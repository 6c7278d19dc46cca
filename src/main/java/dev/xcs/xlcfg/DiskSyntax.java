package dev.xcs.xlcfg;

import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Disk specifications as text. Read is everything that xl-disk-configuration(5) describes, deprecated forms included, and xm's
 * {@code phy:/dev/vg/x,xvda,w!,0}: with {@code !} in the access mode, and dom0 as the back-end at the end.
 */
public final class DiskSyntax {
    static final String LIST = "disks";

    private DiskSyntax() {}

    /**
     * @throws dev.xcs.model.ProblemException of the field {@code disks}, its detail naming the column (from 1) and what stands there
     */
    public static DiskSpec parse(String text) {
        return new DiskScanner(text).scan();
    }

    /** The one form that can say everything, which {@link #parse} reads back as an equal specification: all by name, the target last. */
    public static String print(DiskSpec disk) {
        List<String> parts = new ArrayList<>();
        parts.add("format=" + disk.format().json());
        parts.add("vdev=" + disk.vdev());
        parts.add("access=" + disk.access().json() + (disk.override() ? "!" : ""));
        if (disk.device() == DiskDevice.CDROM) {
            parts.add("devtype=cdrom");
        }
        if (disk.backendType() != null) {
            parts.add("backendtype=" + disk.backendType().json());
        }
        if (disk.script() != null) {
            parts.add("script=" + disk.script());
        }
        if (disk.discard() != null) {
            parts.add(disk.discard() ? "discard" : "no-discard");
        }
        if (disk.directIoSafe()) {
            parts.add("direct-io-safe");
        }
        if (disk.target() != null) {
            // A comma at the very end is not part of the target.
            parts.add("target=" + disk.target() + (disk.target().endsWith(",") ? "," : ""));
        }
        return String.join(",", parts);
    }
}
