package dev.xcs.hypervisor.xen;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Dom0;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds out, without a hypercall, whether this is dom0 of a Xen host and of which version. */
final class XenDetector {
    /** Where pkgsrc has the libraries of xentools. */
    private static final String NETBSD_LIBRARIES = "usr/pkg/lib";

    private static final Pattern CONTROL_LIBRARY = Pattern.compile("libxenctrl\\.so\\.(\\d{1,2})\\.(\\d{1,3})");

    private final Path root;
    private final Dom0 dom0;

    /** @param root where sys, proc, kern and dev are, {@code /} but for tests */
    XenDetector(Path root, Dom0 dom0) {
        this.root = root;
        this.dom0 = dom0;
    }

    /** Whether a Xen runs beneath this system at all; on NetBSD, whether this is dom0 of one. */
    boolean onXen() {
        return dom0 == Dom0.NETBSD
                ? Files.exists(under(dom0.devices().get(0)))
                : read("sys/hypervisor/type").filter("xen"::equals).isPresent();
    }

    /** The running version, once everything that a control domain needs has been found. */
    XenVersion detect() {
        if (!onXen()) {
            throw refuse(
                    dom0 == Dom0.NETBSD
                            ? "this is no dom0 of Xen: there is no "
                                    + dom0.devices().get(0)
                            : "there is no Xen beneath this system: /sys/hypervisor/type does not say xen",
                    "the host was booted without Xen; the simulated host works everywhere");
        }
        if (dom0 == Dom0.LINUX) {
            requireControlDomain();
        }
        dom0.devices().forEach(this::requireDevice);
        return dom0 == Dom0.NETBSD ? installed() : version();
    }

    /** NetBSD's kernel does not say: the version whose libraries are installed, which the first hypercall has to confirm. */
    private XenVersion installed() {
        Path libraries = root.resolve(NETBSD_LIBRARIES);
        try (Stream<Path> files = Files.list(libraries)) {
            return files.map(file -> CONTROL_LIBRARY.matcher(String.valueOf(file.getFileName())))
                    .filter(Matcher::matches)
                    .map(name -> XenVersion.parse(name.group(1), name.group(2), ""))
                    .max(Comparator.comparingInt(XenVersion::code))
                    .orElseThrow(() -> refuse(
                            "there is no libxenctrl in /" + NETBSD_LIBRARIES, "pkgsrc's xentools are not installed"));
        } catch (IOException e) {
            throw new ProblemException(
                    refuse("/" + NETBSD_LIBRARIES + " cannot be read: " + e, "pkgsrc's xentools are not installed")
                            .problem(),
                    e);
        }
    }

    private Path under(Path absolute) {
        return root.resolve(Path.of("/").relativize(absolute));
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
        Path node = under(device);
        if (!Files.exists(node)) {
            throw refuse(
                    device + " does not exist",
                    dom0 == Dom0.NETBSD
                            ? "kernfs is not mounted on /kern, or /dev was made without it: cd /dev && sh MAKEDEV xen"
                            : "its kernel module is not loaded: modprobe xen-" + device.getFileName());
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
