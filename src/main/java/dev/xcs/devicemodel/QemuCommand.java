package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.VirtualDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a device model is called. Once it has opened what it needs it gives up root's rights and every other domain. There is no sandbox:
 * Debian's QEMU for Xen is built without.
 *
 * @param program QEMU with Xen's machine
 * @param directory where its sockets are
 */
record QemuCommand(Path program, Path directory) {
    /** Each guest's device model is a user of its own, whom nobody else is; libxl asks the administrator for such a range. */
    private static final int FIRST_UID = 1_879_048_192;

    /** The disks that a PC's IDE controllers have. */
    private static final int IDE_DISKS = 4;

    /** What of a guest's memory is the display's: QEMU populates it. */
    private static final int VIDEO_MIB = 16;

    static final String QMP = "qmp";
    static final String SERIAL = "serial";
    static final String DISPLAY = "vnc";
    static final String DOMID = "-xen-domid";

    List<String> line(DomainSpec spec, int domid) {
        List<String> line = new ArrayList<>(List.of(program.toString(), DOMID, Integer.toString(domid)));
        line.addAll(List.of("-no-shutdown", "-nodefaults", "-no-user-config", "-name", spec.name()));
        line.addAll(List.of("-chardev", listening(QMP), "-mon", "chardev=" + QMP + ",mode=control"));
        line.addAll(List.of("-chardev", listening(SERIAL), "-serial", "chardev:" + SERIAL));
        line.addAll(List.of("-display", "none", "-vnc", "unix:" + quoted(directory.resolve(DISPLAY))));
        line.addAll(List.of("-device", "VGA,vgamem_mb=" + VIDEO_MIB));
        line.addAll(List.of("-boot", "order=dc", "-net", "none"));
        line.addAll(List.of("-smp", spec.vcpus() + ",maxcpus=" + spec.vcpus()));
        line.addAll(List.of("-machine", "xenfv,max-ram-below-4g=0xf0000000,suppress-vmdesc=on"));
        line.addAll(List.of("-m", Integer.toString(spec.memoryMib() - VIDEO_MIB)));
        drives(spec).forEach(drive -> line.addAll(List.of("-drive", drive)));
        line.add("-xen-domid-restrict");
        line.addAll(List.of("-runas", (FIRST_UID + domid) + ":" + (FIRST_UID + domid)));
        return SupervisedProcess.detached(line);
    }

    private String listening(String name) {
        String log = name.equals(SERIAL) ? ",logfile=" + quoted(directory.resolve("serial.log")) + ",logappend=on" : "";
        return "socket,id=" + name + ",path=" + quoted(directory.resolve(name)) + ",server=on,wait=off" + log;
    }

    private static List<String> drives(DomainSpec spec) {
        return spec.disks().stream().flatMap(disk -> drive(disk, spec).stream()).toList();
    }

    /** What the guest sees of a disk before it has Xen's own drivers, if a PC has a place for it. */
    private static Optional<String> drive(DiskSpec disk, DomainSpec spec) {
        int index = VirtualDevice.parse(disk.vdev(), spec.guestOs()).disk();
        String target = disk.target();
        if (index >= IDE_DISKS || target == null) {
            return Optional.empty();
        }
        boolean cd = disk.device() == DiskDevice.CDROM;
        String format = disk.format().name().toLowerCase(Locale.ROOT);
        return Optional.of("file=" + target.replace(",", ",,") + ",if=ide,index=" + index + ",media="
                + (cd ? "cdrom" : "disk") + ",format=" + format + ",cache=writeback"
                + (disk.access() == DiskAccess.RO ? ",readonly=on" : ""));
    }

    private static String quoted(Path path) {
        return path.toString().replace(",", ",,");
    }
}
