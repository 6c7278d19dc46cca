package dev.xcs.xlcfg;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskBackend;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a specification has said so far, each parameter with its place. */
final class DiskDraft {
    private static final Parameter ABSENT = new Parameter("", 1);
    private static final Set<String> VERBATIM = Set.of("target", "script");
    private static final Set<String> DOM0 = Set.of("", "0", "Domain-0");

    private final Map<String, Parameter> given = new HashMap<>();

    /** Whether something stood in its place, be it nothing at all: then the default is meant. */
    boolean has(String name) {
        return given.containsKey(name);
    }

    boolean isEmpty(String name) {
        return value(name).isEmpty();
    }

    void set(String name, Parameter parameter) {
        Parameter said = VERBATIM.contains(name)
                ? parameter
                : new Parameter(parameter.value().strip(), parameter.column());
        Parameter before = given.getOrDefault(name, ABSENT);
        if (!before.value().isEmpty() && !before.value().equals(said.value())) {
            throw said.refuse(
                    name + " only once: it is " + Problem.quote(before.value()) + " at column " + before.column());
        }
        given.put(name, said);
    }

    /** @param end the column after the text, where what is missing would stand */
    DiskSpec finish(int end) {
        refuseUnserved();
        DiskDevice device = device();
        require("vdev", end, "vdev=... with the guest's name of the disk, like xvda");
        if (device == DiskDevice.DISK) {
            require("target", end, "target=... with the path of the disk: only a CD drive can be empty");
        }
        try {
            return new DiskSpec(
                    orNull("target"),
                    value("vdev"),
                    format(),
                    access(device),
                    device,
                    orNull("script"),
                    has("discard") ? value("discard").equals("discard") : null,
                    has("direct-io-safe"),
                    backend(),
                    value("access").contains("!"));
        } catch (ProblemException e) {
            throw placed(e);
        }
    }

    private ProblemException placed(ProblemException refused) {
        Problem problem = refused.problem();
        boolean isPlaced = Parameter.FIELD.equals(problem.field());
        int column = given.getOrDefault(String.valueOf(problem.field()), ABSENT).column();
        return isPlaced ? refused : Parameter.problem(column, problem.detail());
    }

    private void refuseUnserved() {
        allow("backend", DOM0, "Domain-0: back-ends in other domains are not served");
        allow("specification", Set.of("", "xen"), "xen: virtio is not served");
        allow("trust", Set.of("trusted"), "trusted, which is the default: untrusted back-ends are not served");
        allow("colo", Set.of("no-colo"), "no-colo, which is the default: COLO is not served");
    }

    private void allow(String name, Set<String> values, String expected) {
        if (has(name) && !values.contains(value(name))) {
            throw at(name).refuse(expected);
        }
    }

    private void require(String name, int end, String expected) {
        if (isEmpty(name)) {
            throw new Parameter("", has(name) ? at(name).column() : end).refuse(expected);
        }
    }

    private DiskDevice device() {
        return switch (value("devtype")) {
            case "", "disk" -> DiskDevice.DISK;
            case "cdrom" -> DiskDevice.CDROM;
            default -> throw at("devtype").refuse("disk or cdrom");
        };
    }

    private DiskFormat format() {
        return switch (value("format")) {
            case "", "raw" -> DiskFormat.RAW;
            case "qcow2" -> isEmpty("target") ? DiskFormat.RAW : DiskFormat.QCOW2;
            case "vhd" -> isEmpty("target") ? DiskFormat.RAW : DiskFormat.VHD;
            case "vmdk" -> isEmpty("target") ? DiskFormat.RAW : DiskFormat.VMDK;
            case "empty" -> emptyFormat();
            case "qcow", "qed" -> throw at("format").refuse("raw, qcow2, vhd or vmdk: this format of xl is not served");
            default -> throw at("format").refuse("raw, qcow2, vhd or vmdk");
        };
    }

    private DiskFormat emptyFormat() {
        if (!isEmpty("target")) {
            throw at("format").refuse("raw, qcow2, vhd or vmdk: a drive with a target is not empty");
        }
        return DiskFormat.RAW;
    }

    /** As for xm, {@code !} alone is read-only. A CD drive is read-only whatever is said, as for xl. */
    private DiskAccess access(DiskDevice device) {
        String said = value("access");
        DiskAccess access = switch (said.replaceFirst("!", "")) {
            case "r", "ro" -> DiskAccess.RO;
            case "w", "rw" -> DiskAccess.RW;
            case "" -> said.isEmpty() ? DiskSpec.defaultAccess(device) : DiskAccess.RO;
            default -> throw at("access").refuse("r, ro, w or rw, with ! to attach although it is in use");
        };
        return device == DiskDevice.CDROM ? DiskAccess.RO : access;
    }

    private @Nullable DiskBackend backend() {
        return switch (value("backendtype")) {
            case "" -> null;
            case "phy" -> DiskBackend.PHY;
            case "tap" -> DiskBackend.TAP;
            case "qdisk" -> DiskBackend.QDISK;
            default -> throw at("backendtype").refuse("phy, tap or qdisk");
        };
    }

    private @Nullable String orNull(String name) {
        return isEmpty(name) ? null : value(name);
    }

    private String value(String name) {
        return at(name).value();
    }

    private Parameter at(String name) {
        return given.getOrDefault(name, ABSENT);
    }
}
