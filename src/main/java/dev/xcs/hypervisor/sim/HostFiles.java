package dev.xcs.hypervisor.sim;

import dev.xcs.model.Backing;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The files of the machine that the simulated host runs on. Its block devices are never touched. */
final class HostFiles {
    private static final int SECTOR = 512;
    /** S_IFMT and what it may hold. */
    private static final int TYPE = 0170000;

    private static final Map<Integer, Backing.Kind> KINDS = Map.of(
            0100000,
            Backing.Kind.FILE,
            0040000,
            Backing.Kind.DIRECTORY,
            0010000,
            Backing.Kind.FIFO,
            0140000,
            Backing.Kind.SOCKET,
            0020000,
            Backing.Kind.CHARACTER_DEVICE,
            0060000,
            Backing.Kind.BLOCK_DEVICE);

    private HostFiles() {}

    /** Where a path leads; a link to a simulated device leads there, although the machine has no such file. */
    static String resolve(String path) {
        try {
            Path link = Path.of(path);
            return Files.isSymbolicLink(link)
                    ? link.resolveSibling(Files.readSymbolicLink(link))
                            .normalize()
                            .toString()
                    : path;
        } catch (IOException | InvalidPathException e) {
            throw refusal(path, "a path that can be read", e);
        }
    }

    static Backing examine(String path) {
        try {
            Path real = Path.of(path).toRealPath();
            Map<String, Object> facts = Files.readAttributes(real, "unix:mode,size,dev,ino");
            Backing.Kind kind = KINDS.getOrDefault((int) number(facts, "mode") & TYPE, Backing.Kind.FILE);
            if (kind == Backing.Kind.BLOCK_DEVICE) {
                throw Problem.of(
                                ProblemType.IMPOSSIBLE,
                                real + " is a block device of the machine, which the simulated host leaves alone;"
                                        + " its own are /dev/sim/NAME")
                        .toException();
            }
            boolean file = kind == Backing.Kind.FILE;
            long dev = number(facts, "dev");
            return new Backing(
                    real.toString(),
                    kind,
                    file ? number(facts, "size") : 0,
                    SECTOR,
                    null,
                    !Files.isWritable(real),
                    file ? List.of(Extent.whole("file " + name(dev) + " " + number(facts, "ino"))) : List.of(),
                    List.of());
        } catch (IOException | InvalidPathException e) {
            throw refusal(path, "a file or device that can be read", e);
        }
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** The device that a file is on, as sysfs has it (gnu_dev_major, gnu_dev_minor). */
    private static String name(long dev) {
        long major = dev >> 8 & 0xfff | dev >> 32 & ~0xfffL;
        long minor = dev & 0xff | dev >> 12 & ~0xffL;
        return major + ":" + minor;
    }

    /** The field is left open, as the path may come from any. */
    static ProblemException refusal(String path, String expected, Exception cause) {
        boolean missing = cause instanceof NoSuchFileException;
        Problem problem = Problem.of(
                        ProblemType.INVALID_FIELD,
                        Problem.quote(path) + ", expected " + (missing ? "something that exists" : expected))
                .withCall("stat", path);
        return new ProblemException(missing ? problem : problem.withCause(cause.toString()), cause);
    }
}
