package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.DomainSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a device model is called. Once it has opened what it needs it gives up root's rights and every other domain. There is no sandbox:
 * Debian's QEMU for Xen is built without.
 *
 * @param program QEMU with Xen's machine
 * @param directory where its sockets and pipes are
 */
record QemuCommand(Path program, Path directory) {
    /** Each guest's device model is a user of its own, whom nobody else is; libxl asks the administrator for such a range. */
    private static final int FIRST_UID = 1_879_048_192;

    /** What of a guest's memory is the display's: QEMU populates it. */
    private static final int VIDEO_MIB = 16;

    static final String QMP = "qmp";
    private static final String SERIAL = "serial";
    static final String DISPLAY = "vnc";
    static final String DOMID = "-xen-domid";

    List<String> line(DomainSpec spec, int domid, List<PcDrive> drives) {
        List<String> line = new ArrayList<>(List.of(program.toString(), DOMID, Integer.toString(domid)));
        line.addAll(List.of("-no-shutdown", "-nodefaults", "-no-user-config", "-name", spec.name()));
        line.addAll(List.of("-chardev", listening(QMP), "-mon", "chardev=" + QMP + ",mode=control"));
        line.addAll(List.of("-chardev", "pipe,id=" + SERIAL + ",path=" + quoted(file(SERIAL))));
        line.addAll(List.of("-serial", "chardev:" + SERIAL));
        line.addAll(List.of("-display", "none", "-vnc", "unix:" + quoted(file(DISPLAY))));
        line.addAll(List.of("-device", "VGA,vgamem_mb=" + VIDEO_MIB));
        line.addAll(List.of("-boot", "order=dc", "-net", "none"));
        line.addAll(List.of("-smp", spec.vcpus() + ",maxcpus=" + spec.vcpus()));
        line.addAll(List.of("-machine", "xenfv,max-ram-below-4g=0xf0000000,suppress-vmdesc=on"));
        line.addAll(List.of("-m", Integer.toString(spec.memoryMib() - VIDEO_MIB)));
        drives.forEach(drive -> line.addAll(List.of("-drive", drive.option())));
        line.add("-xen-domid-restrict");
        line.addAll(List.of("-runas", (FIRST_UID + domid) + ":" + (FIRST_UID + domid)));
        return SupervisedProcess.detached(line);
    }

    private String listening(String name) {
        return "socket,id=" + name + ",path=" + quoted(file(name)) + ",server=on,wait=off";
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    /** What comes out of the serial port, and what goes into it: QEMU's names for the two pipes. */
    Path said() {
        return directory.resolve(SERIAL + ".out");
    }

    Path typed() {
        return directory.resolve(SERIAL + ".in");
    }

    static String quoted(String path) {
        return path.replace(",", ",,");
    }
}
