package dev.xcs.device;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
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
import org.jspecify.annotations.Nullable;

/** Runs scripts of other people: without a shell, for a limited time, and only those of one directory. Its calls block. */
final class ScriptRunner {
    private static final int SHOWN_BYTES = 2000;
    private static final String DEFAULT_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path directory;
    private final Duration timeout;

    ScriptRunner(Path directory, Duration timeout) {
        this.directory = directory;
        this.timeout = timeout;
    }

    /** A script at work, which may have to be given up; its process is another thread's. */
    static final class Run {
        private @Nullable Process process;
        private boolean givenUp;

        private synchronized void started(Process newProcess) {
            process = newProcess;
            if (givenUp) {
                kill(newProcess);
            }
        }

        synchronized void giveUp() {
            givenUp = true;
            if (process != null) {
                kill(process);
            }
        }
    }

    /**
     * The program behind a name. Only what is in the directory: else whoever may attach a device could run any program of dom0 as root.
     *
     * @throws ProblemException of type INVALID_FIELD if it is outside
     */
    Path find(String script) {
        Path path = directory.resolve(script).normalize();
        if (!path.startsWith(directory)) {
            throw Problem.invalidField("script", script, "a script in " + directory + " (block.script-directory)")
                    .toException();
        }
        return path;
    }

    /** Returns when it has ended with 0; else the problem has its last words. */
    void run(Path script, List<String> arguments, Map<String, String> environment, Run run) {
        try {
            Path errors = Files.createTempFile("xcs-script", ".err");
            try {
                Process process = start(script, arguments, environment, errors);
                run.started(process);
                await(script, process, errors);
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
                kill(process);
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

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String head(Path errors) throws IOException {
        try (InputStream in = Files.newInputStream(errors)) {
            return new String(in.readNBytes(SHOWN_BYTES), StandardCharsets.UTF_8).strip();
        }
    }

    static Problem failed(String script, String why) {
        return Problem.of(ProblemType.IMPOSSIBLE, "The hotplug script " + Problem.quote(script) + " failed")
                .withField("script")
                .withCall("exec", script)
                .withCause(why);
    }
}
