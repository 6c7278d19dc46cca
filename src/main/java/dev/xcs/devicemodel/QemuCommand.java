package dev.xcs.devicemodel;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.VgaCard;
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

    /** How much of what it says is kept: its guest decides how much it says. */
    static final int LOG_BYTES = 1 << 20;

    /** The limit counts 512 bytes. Without the signal ignored QEMU would be killed at it; as it is, what it says beyond is lost. */
    private static final String LIMITED = "trap '' XFSZ; ulimit -f " + LOG_BYTES / 512 + "; exec \"$@\"";

    static final String QMP = "qmp";
    private static final String SERIAL = "serial";
    static final String DISPLAY = "vnc";
    static final String DOMID = "-xen-domid";

    List<String> line(DomainSpec spec, HvmSpec pc, int domid, List<PcDrive> drives) {
        List<String> line = new ArrayList<>(List.of(program.toString(), DOMID, Integer.toString(domid)));
        line.addAll(List.of("-no-shutdown", "-nodefaults", "-no-user-config", "-name", spec.name()));
        line.addAll(List.of("-chardev", listening(QMP), "-mon", "chardev=" + QMP + ",mode=control"));
        line.addAll(List.of("-chardev", "pipe,id=" + SERIAL + ",path=" + quoted(file(SERIAL))));
        line.addAll(List.of("-serial", "chardev:" + SERIAL));
        line.addAll(List.of("-display", "none"));
        line.addAll(display(pc.vga()));
        line.addAll(List.of("-boot", "order=dcn"));
        line.addAll(List.of("-smp", spec.vcpus() + ",maxcpus=" + spec.vcpus()));
        line.addAll(List.of("-machine", "xenfv,max-ram-below-4g=0xf0000000,suppress-vmdesc=on"));
        line.addAll(List.of("-m", Integer.toString(spec.memoryMib() - pc.vga().memoryMib())));
        drives.forEach(drive -> line.addAll(List.of("-drive", drive.option())));
        PcCard.of(spec).forEach(card -> line.addAll(card.options(domid)));
        line.add("-xen-domid-restrict");
        line.addAll(List.of("-runas", (FIRST_UID + domid) + ":" + (FIRST_UID + domid)));
        List<String> whole = new ArrayList<>(List.of("sh", "-c", LIMITED, "sh"));
        whole.addAll(line);
        return SupervisedProcess.detached(whole);
    }

    private List<String> display(VgaCard vga) {
        String memory = ",vgamem_mb=" + vga.memoryMib();
        String vnc = "unix:" + quoted(file(DISPLAY));
        return switch (vga) {
            case STD -> List.of("-vnc", vnc, "-device", "VGA" + memory);
            case CIRRUS -> List.of("-vnc", vnc, "-device", "cirrus-vga" + memory);
            case NONE -> List.of();
        };
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
