package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What was made, by name: NetBSD's interfaces, rules and vnode disks cannot be marked with whose they are. Each entry is written before the first of it is made and
 * removed after the last of it is gone, so that whatever is left by a crash is in it. As what it tells of, it is gone after a boot: it is below
 * /var/run.
 */
final class Ledger {
    private static final String HEAD = "# Written by xcsd. It tells what xcsd made, and has to go when that does.";

    private final Path directory;

    /** @param directory made if it is missing */
    Ledger(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw failure("mkdir", directory, e);
        }
    }

    Set<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .forEach(names::add);
            return names;
        } catch (IOException e) {
            throw failure("readdir", directory, e);
        }
    }

    /** The lines of an entry. */
    Optional<List<String>> read(String name) {
        Path file = directory.resolve(name);
        try {
            return Files.exists(file)
                    ? Optional.of(Files.readAllLines(file).stream()
                            .filter(line -> !line.startsWith("#"))
                            .toList())
                    : Optional.empty();
        } catch (IOException e) {
            throw failure("read", file, e);
        }
    }

    /** Replaces an entry, or makes it; never is there half of one. */
    void write(String name, List<String> lines) {
        Path file = directory.resolve(name);
        Path fresh = directory.resolve("." + name);
        try {
            Files.write(fresh, Stream.concat(Stream.of(HEAD), lines.stream()).toList());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure("write", file, e);
        }
    }

    void remove(String name) {
        Path file = directory.resolve(name);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure("unlink", file, e);
        }
    }

    private static ProblemException failure(String call, Path file, IOException e) {
        Problem problem = Problem.of(ProblemType.HYPERVISOR, file + " cannot be used: " + e)
                .withCall(call, file.toString())
                .withCause("xcsd keeps there what it made on this host");
        return new ProblemException(problem, e);
    }
}
