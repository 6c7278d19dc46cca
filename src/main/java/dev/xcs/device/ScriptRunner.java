package dev.xcs.device;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs hotplug scripts of other people, for what only they can attach: without a shell, for a limited time, and only those of one directory. */
public final class ScriptRunner {
    /** As libxl's LIBXL_HOTPLUG_TIMEOUT. */
    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    private static final int SHOWN_BYTES = 2000;
    private static final String DEFAULT_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private final Vertx vertx;
    private final Path directory;
    private final Duration timeout;

    /** @param directory the only one that scripts are run from: Xen's XEN_SCRIPT_DIR */
    public ScriptRunner(Vertx vertx, Path directory) {
        this(vertx, directory, TIMEOUT);
    }

    ScriptRunner(Vertx vertx, Path directory, Duration timeout) {
        this.vertx = vertx;
        this.directory = directory;
        this.timeout = timeout;
    }

    /**
     * Done when it has ended with 0; else the problem has its last words.
     *
     * @param script its name in the directory, or its path
     * @param environment added to the daemon's own
     */
    public Future<Void> run(String script, List<String> arguments, Map<String, String> environment) {
        return vertx.executeBlocking(
                () -> {
                    execute(find(script), arguments, environment);
                    return null;
                },
                false);
    }

    /**
     * The program behind a name. Only what is in the directory: else whoever may attach a device could run any program of dom0 as root.
     *
     * @throws ProblemException of type INVALID_FIELD if it is outside
     */
    public Path find(String script) {
        Path path = directory.resolve(script).normalize();
        if (!path.startsWith(directory)) {
            throw Problem.invalidField("script", script, "a script in " + directory + " (block.script-directory)")
                    .toException();
        }
        return path;
    }

    private void execute(Path script, List<String> arguments, Map<String, String> environment) {
        try {
            Path errors = Files.createTempFile("xcs-script", ".err");
            try {
                await(script, start(script, arguments, environment, errors), errors);
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new ProblemException(failed(script.toString(), String.valueOf(e.getMessage())), e);
        }
    }

    private static Process start(Path script, List<String> arguments, Map<String, String> environment, Path errors)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(errors.toFile())
                .redirectErrorStream(true);
        builder.environment().putIfAbsent("PATH", DEFAULT_PATH);
        builder.environment().put("script", script.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void await(Path script, Process process, Path errors) throws IOException {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw failed(script.toString(), "it took longer than " + timeout.toSeconds() + " s and was killed")
                        .toException();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ProblemException(failed(script.toString(), "the daemon stops"), e);
        }
        if (process.exitValue() != 0) {
            throw failed(script.toString(), "exit code " + process.exitValue() + ": " + head(errors))
                    .toException();
        }
    }

    private static String head(Path errors) throws IOException {
        try (InputStream in = Files.newInputStream(errors)) {
            return new String(in.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8).strip();
        }
    }

    /** What a script that failed is told as. */
    public static Problem failed(String script, String why) {
        return Problem.of(ProblemType.IMPOSSIBLE, "The hotplug script " + Problem.quote(script) + " failed")
                .withField("script")
                .withCall("exec", script)
                .withCause(why);
    }
}
