package dev.xcs.hypervisor.xen;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Dom0;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds out, without a hypercall, whether this is dom0 of a Xen host and of which version. */
final class XenDetector {
    private final Path root;

    /** @param root where sys, proc and dev are, {@code /} but for tests */
    XenDetector(Path root) {
        this.root = root;
    }

    /** Whether a Xen runs beneath this system at all. */
    boolean onXen() {
        return read("sys/hypervisor/type").filter("xen"::equals).isPresent();
    }

    /** The running version, once everything that a control domain needs has been found. */
    XenVersion detect() {
        if (!onXen()) {
            throw refuse(
                    "there is no Xen beneath this system: /sys/hypervisor/type does not say xen",
                    "the host was booted without Xen; the simulated host works everywhere");
        }
        requireControlDomain();
        Dom0.LINUX.devices().forEach(this::requireDevice);
        return version();
    }

    private void requireControlDomain() {
        String capabilities = read("proc/xen/capabilities")
                .orElseThrow(() -> refuse(
                        "/proc/xen/capabilities cannot be read",
                        "xenfs is not mounted: mount -t xenfs xenfs /proc/xen"));
        if (!capabilities.contains("control_d")) {
            throw refuse(
                    "this is not dom0: /proc/xen/capabilities is " + Problem.quote(capabilities)
                            + ", expected control_d in it",
                    "the daemon runs in a guest; it has to run in the control domain");
        }
    }

    private void requireDevice(Path device) {
        Path node = root.resolve(Path.of("/").relativize(device));
        if (!Files.exists(node)) {
            throw refuse(
                    device + " does not exist",
                    "its kernel module is not loaded: modprobe xen-" + device.getFileName());
        }
        if (!Files.isReadable(node) || !Files.isWritable(node)) {
            throw refuse(device + " may not be opened", "the daemon does not run as root");
        }
    }

    private XenVersion version() {
        String major = read("sys/hypervisor/version/major").orElse("");
        String minor = read("sys/hypervisor/version/minor").orElse("");
        try {
            return XenVersion.parse(
                    major, minor, read("sys/hypervisor/version/extra").orElse(""));
        } catch (NumberFormatException e) {
            throw new ProblemException(
                    refuse(
                                    "/sys/hypervisor/version has major " + Problem.quote(major) + " and minor "
                                            + Problem.quote(minor) + ", expected two numbers",
                                    "sysfs is not mounted, or the kernel hides the version of Xen")
                            .problem(),
                    e);
        }
    }

    private Optional<String> read(String path) {
        try {
            return Optional.of(Files.readString(root.resolve(path)).strip());
        } catch (IOException e) {
            // Absent and unreadable are the same to the caller, which says what it expected.
            return Optional.empty();
        }
    }

    private static ProblemException refuse(String detail, String cause) {
        return Problem.of(ProblemType.IMPOSSIBLE, detail)
                .withStep("detect")
                .withCause(cause)
                .toException();
    }
}
