package dev.xcs.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a verb has around it.
 *
 * @param stateDirs where daemons leave where they are reached, the nearest first
 * @param in not buffered: what is typed arrives at once
 * @param terminal the terminal that {@code in} is, if it is one
 */
record Surroundings(
        Map<String, String> environment,
        List<Path> stateDirs,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Supplier<Optional<RawTerminal>> terminal) {
    /** Told by the launcher. */
    private static final String STATE_DIRS = "xcs.state-dirs";

    static Surroundings ofProcess() {
        String dirs = System.getProperty(STATE_DIRS, "/var/lib/xcs");
        return new Surroundings(
                System.getenv(),
                Arrays.stream(dirs.split(":", -1))
                        .filter(dir -> !dir.isEmpty())
                        .map(Path::of)
                        .toList(),
                new FileInputStream(FileDescriptor.in),
                utf8(new FileOutputStream(FileDescriptor.out)),
                utf8(new FileOutputStream(FileDescriptor.err)),
                SttyTerminal::ofStandardInput);
    }

    /** UTF-8 whatever the locale says: names and log lines are, and the daemon's JSON too. */
    static PrintStream utf8(OutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
