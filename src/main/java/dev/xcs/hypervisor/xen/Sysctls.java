package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.xen.net.Sysctl;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The switches below /proc/sys. */
final class Sysctls {
    private final Path root;

    /** @param root where proc is, {@code /} but for tests */
    Sysctls(Path root) {
        this.root = root.resolve("proc/sys");
    }

    boolean hasIpv6() {
        return Files.isDirectory(root.resolve("net/ipv6"));
    }

    /** Empty when the kernel has no such switch, or its interface is gone. */
    Optional<Integer> read(String path) {
        try {
            return Optional.of(
                    Integer.parseInt(Files.readString(root.resolve(path)).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Turns a switch, unless it stands so already, or is not there. */
    void set(Sysctl wanted) {
        set(wanted.path(), wanted.value());
    }

    void set(String path, int value) {
        Optional<Integer> now = read(path);
        if (now.isEmpty() || now.get() == value) {
            return;
        }
        try {
            Files.writeString(root.resolve(path), value + "\n");
        } catch (IOException e) {
            Problem problem = Problem.of(
                            ProblemType.HYPERVISOR, "/proc/sys/" + path + " cannot be set to " + value + ": " + e)
                    .withCall("write", "/proc/sys/" + path);
            throw new ProblemException(problem, e);
        }
    }
}
