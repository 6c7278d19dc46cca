package dev.xcs.image;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Debian's packages, unpacked beside each other and kept where scripts/test keeps its own: nothing is installed. */
final class DebianPackages {
    private static final long SECONDS = 300;

    private final Path cache;

    DebianPackages() {
        String given = System.getenv("XCS_CACHE_DIR");
        String home = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(path -> !path.isEmpty())
                .orElse(System.getProperty("user.home") + "/.cache");
        cache = Path.of(given == null || given.isEmpty() ? home + "/xcs" : given)
                .resolve("debian");
    }

    /** The package of the newest version whose name matches, as xen-utils-4.17 does xen-utils-4.*; skips the test when there is none. */
    String newest(String prefix, String suffix) throws IOException {
        return Stream.of(run(cache(), "apt-cache", "pkgnames", prefix).split("\n"))
                .filter(name -> name.matches("\\Q" + prefix + "\\E[0-9.]+\\Q" + suffix + "\\E"))
                .max(Comparator.comparingInt(DebianPackages::minor))
                .orElseGet(() -> abort("no Debian package " + prefix + "*" + suffix + " is known here"));
    }

    private static int minor(String name) {
        return Integer.parseInt(name.replaceFirst("^\\D*\\d+\\.(\\d+).*$", "$1"));
    }

    /** The package that a package without content stands for. */
    String real(String name) throws IOException {
        return Stream.of(run(cache(), "apt-cache", "depends", name).split("\n"))
                .map(String::strip)
                .filter(line -> line.startsWith("Depends: linux-image-"))
                .map(line -> line.substring("Depends: ".length()))
                .findFirst()
                .orElseGet(() -> abort("the Debian package " + name + " is not known here"));
    }

    /** Where the package is unpacked; fetched at the first time. Skips the test when it cannot be. */
    Path unpacked(String name) throws IOException {
        String version = Stream.of(run(cache(), "apt-cache", "policy", name).split("\n"))
                .map(String::strip)
                .filter(line -> line.startsWith("Candidate: ") && !line.contains("("))
                .map(line -> line.substring("Candidate: ".length()))
                .findFirst()
                .orElseGet(() -> abort("apt does not know the package " + name + "; apt-get update may help"));
        Path directory = cache().resolve(name + "-" + version);
        if (!Files.isDirectory(directory)) {
            fetch(name, directory);
        }
        return directory;
    }

    private void fetch(String name, Path directory) throws IOException {
        Path work = Files.createTempDirectory(cache(), "new.");
        try {
            run(work, "apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", name);
            Path deb;
            try (Stream<Path> files = Files.list(work)) {
                deb = files.filter(file -> file.toString().endsWith(".deb"))
                        .findFirst()
                        .orElseGet(() -> abort("apt-get download gave no package " + name));
            }
            run(work, "dpkg-deb", "-x", deb.toString(), work.resolve("files").toString());
            Files.move(work.resolve("files"), directory);
        } finally {
            run(cache(), "rm", "-rf", work.toString());
        }
    }

    private Path cache() throws IOException {
        return Files.createDirectories(cache);
    }

    /** What a command prints, errors too; the test is skipped where there is no such command, or where it fails. */
    static String run(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return abort(String.join(" ", command) + " failed: " + output.strip());
            }
            return output;
        } catch (IOException e) {
            return abort(command[0] + " is not here: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    /** The files of a package below a directory whose names match. */
    static List<Path> files(Path unpacked, String below, String pattern) throws IOException {
        try (Stream<Path> all = Files.list(unpacked.resolve(below))) {
            return all.filter(file -> file.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        }
    }
}
