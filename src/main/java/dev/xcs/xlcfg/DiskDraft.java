package dev.xcs.xlcfg;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskBackend;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.ProblemException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a disk specification says, and the disk that it makes. */
final class DiskDraft {
    private final Draft said = new Draft(DiskSyntax.LIST, Set.of("target", "script"));

    boolean has(String name) {
        return said.has(name);
    }

    boolean isEmpty(String name) {
        return said.isEmpty(name);
    }

    void set(String name, Parameter parameter) {
        said.set(name, parameter);
    }

    /** @param end after the text, where what is missing would stand */
    DiskSpec finish(Parameter end) {
        refuseUnserved();
        DiskDevice device = device();
        said.require("vdev", end, "vdev=... with the guest's name of the disk, like xvda");
        if (device == DiskDevice.DISK) {
            said.require("target", end, "target=... with the path of the disk: only a CD drive can be empty");
        }
        try {
            return new DiskSpec(
                    said.orNull("target"),
                    said.value("vdev"),
                    format(),
                    access(device),
                    device,
                    said.orNull("script"),
                    has("discard") ? said.value("discard").equals("discard") : null,
                    has("direct-io-safe"),
                    backend(),
                    said.value("access").contains("!"));
        } catch (ProblemException e) {
            throw said.placed(e);
        }
    }

    private void refuseUnserved() {
        said.allowOnlyDom0();
        said.allow("specification", Set.of("", "xen"), "xen: virtio is not served");
        said.allow("trust", Set.of("trusted"), "trusted, which is the default: untrusted back-ends are not served");
        said.allow("colo", Set.of("no-colo"), "no-colo, which is the default: COLO is not served");
    }

    private DiskDevice device() {
        return switch (said.value("devtype")) {
            case "", "disk" -> DiskDevice.DISK;
            case "cdrom" -> DiskDevice.CDROM;
            default -> throw said.at("devtype").refuse("disk or cdrom");
        };
    }

    private DiskFormat format() {
        return switch (said.value("format")) {
            case "", "raw" -> DiskFormat.RAW;
            case "qcow2" -> isEmpty("target") ? DiskFormat.RAW : DiskFormat.QCOW2;
            case "vhd" -> isEmpty("target") ? DiskFormat.RAW : DiskFormat.VHD;
            case "vmdk" -> isEmpty("target") ? DiskFormat.RAW : DiskFormat.VMDK;
            case "empty" -> emptyFormat();
            case "qcow", "qed" ->
                throw said.at("format").refuse("raw, qcow2, vhd or vmdk: this format of xl is not served");
            default -> throw said.at("format").refuse("raw, qcow2, vhd or vmdk");
        };
    }

    private DiskFormat emptyFormat() {
        if (!isEmpty("target")) {
            throw said.at("format").refuse("raw, qcow2, vhd or vmdk: a drive with a target is not empty");
        }
        return DiskFormat.RAW;
    }

    /** As for xm, {@code !} alone is read-only. A CD drive is read-only whatever is said, as for xl. */
    private DiskAccess access(DiskDevice device) {
        String given = said.value("access");
        DiskAccess access = switch (given.replaceFirst("!", "")) {
            case "r", "ro" -> DiskAccess.RO;
            case "w", "rw" -> DiskAccess.RW;
            case "" -> given.isEmpty() ? DiskSpec.defaultAccess(device) : DiskAccess.RO;
            default -> throw said.at("access").refuse("r, ro, w or rw, with ! to attach although it is in use");
        };
        return device == DiskDevice.CDROM ? DiskAccess.RO : access;
    }

    private @Nullable DiskBackend backend() {
        return switch (said.value("backendtype")) {
            case "" -> null;
            case "phy" -> DiskBackend.PHY;
            case "tap" -> DiskBackend.TAP;
            case "qdisk" -> DiskBackend.QDISK;
            default -> throw said.at("backendtype").refuse("phy, tap or qdisk");
        };
    }
}
