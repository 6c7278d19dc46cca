package dev.xcs.prometheus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The two programs of Debian's package prometheus.
 *
 * @param directory where they are: what XCS_PROMETHEUS names, or a directory of the PATH
 */
record DebianPrometheus(Path directory) {
    static final String MISSING =
            "no prometheus and promtool in the directory that XCS_PROMETHEUS names, nor in the PATH (Debian: prometheus)";

    private static final Pattern LIBRARY = Pattern.compile("(?m)^\\s+(?:\\S+ => )?(/\\S+) \\(0x");

    static Optional<DebianPrometheus> find() {
        Stream<String> given = Stream.ofNullable(System.getenv("XCS_PROMETHEUS"));
        return Stream.concat(given, Stream.of(System.getenv("PATH").split(":")))
                .map(directory -> new DebianPrometheus(Path.of(directory)))
                .filter(found -> Files.isExecutable(found.prometheus()) && Files.isExecutable(found.promtool()))
                .findFirst();
    }

    Path prometheus() {
        return directory.resolve("prometheus");
    }

    private Path promtool() {
        return directory.resolve("promtool");
    }

    /** What promtool has to say about an exposition in the text format, errors and matters of style alike; empty when nothing. */
    String complaints(String exposition) throws IOException, InterruptedException {
        Process promtool = new ProcessBuilder(promtool().toString(), "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (var in = promtool.getOutputStream()) {
            in.write(exposition.getBytes(StandardCharsets.UTF_8));
        }
        return output(promtool);
    }

    /** The shared libraries that the server needs, its loader among them. */
    List<Path> libraries() throws IOException, InterruptedException {
        Process ldd = new ProcessBuilder("ldd", prometheus().toString()).start();
        return LIBRARY.matcher(output(ldd))
                .results()
                .map((MatchResult found) -> Path.of(found.group(1)))
                .toList();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("does not end: " + process.info().commandLine());
        }
        return process.exitValue() == 0 && output.isBlank() ? "" : "exit " + process.exitValue() + "\n" + output;
    }
}
