package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs xcs in this process as a shell would, with its streams captured. */
final class Shell {
    private static final ObjectMapper JSON = new ObjectMapper();

    final Map<String, String> environment;
    final List<Path> stateDirs;
    private final @Nullable RawTerminal terminal;

    private Shell(Map<String, String> environment, List<Path> stateDirs, @Nullable RawTerminal terminal) {
        this.environment = environment;
        this.stateDirs = stateDirs;
        this.terminal = terminal;
    }

    static Shell with(Map<String, String> environment, Path... stateDirs) {
        return new Shell(environment, List.of(stateDirs), null);
    }

    Shell on(RawTerminal newTerminal) {
        return new Shell(environment, stateDirs, newTerminal);
    }

    /** What came of it. */
    record Result(int code, String out, String err) {
        JsonNode json() throws IOException {
            return JSON.readTree(out);
        }
    }

    Result run(String... args) {
        return typed(new ByteArrayInputStream(new byte[0]), args);
    }

    Result typed(String text, String... args) {
        return typed(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), args);
    }

    Result typed(InputStream in, String... args) {
        return into(new ByteArrayOutputStream(), in, args);
    }

    /** With the output where it can be looked at meanwhile. */
    Result into(ByteArrayOutputStream out, InputStream in, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Xcs.run(
                new Surroundings(
                        environment,
                        stateDirs,
                        in,
                        Surroundings.utf8(out),
                        Surroundings.utf8(err),
                        () -> Optional.ofNullable(terminal)),
                args);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
