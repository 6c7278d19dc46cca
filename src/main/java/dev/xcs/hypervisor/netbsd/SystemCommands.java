package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs as processes, without a shell and in the language C. */
public final class SystemCommands implements CommandRunner {
    /** Where NetBSD has what an administrator uses. */
    public static final List<Path> DIRECTORIES =
            List.of(Path.of("/sbin"), Path.of("/usr/sbin"), Path.of("/bin"), Path.of("/usr/bin"));

    /** More than the longest list of a thousand interfaces. */
    private static final int LONGEST_OUTPUT = 4 << 20;

    private final List<Path> directories;

    /** @param directories where programs are, the first first */
    public SystemCommands(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    @Override
    public Result run(List<String> command, Duration patience) {
        try {
            ProcessBuilder builder = new ProcessBuilder();
            builder.command().add(program(command.get(0)).toString());
            builder.command().addAll(command.subList(1, command.size()));
            builder.environment().put("LC_ALL", "C");
            // Both streams go to files: a pipe that nobody reads stops a program, and two cannot be read at once
            // without a thread.
            Path output = Files.createTempFile("xcs", ".out");
            Path errors = Files.createTempFile("xcs", ".err");
            try {
                Process process = builder.redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
                process.getOutputStream().close();
                return new Result(await(command, process, patience), read(output), read(errors));
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new ProblemException(problem(command, "cannot be run: " + e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(problem(command, "was interrupted").asRetryable(), e);
        }
    }

    private Path program(String name) {
        return directories.stream()
                .map(directory -> directory.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> Problem.of(ProblemType.IMPOSSIBLE, name + " is not installed")
                        .withCall("exec", name)
                        .withCause("it is in none of " + directories)
                        .toException());
    }

    private static int await(List<String> command, Process process, Duration patience) throws InterruptedException {
        boolean ended = false;
        try {
            ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) {
                process.destroyForcibly();
            }
        }
        if (!ended) {
            throw problem(command, "did not end within " + patience.toSeconds() + " s")
                    .asRetryable()
                    .toException();
        }
        return process.exitValue();
    }

    private static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8);
        }
    }

    private static Problem problem(List<String> command, String what) {
        return Problem.of(ProblemType.HYPERVISOR, command.get(0) + " " + what)
                .withCall(command.get(0), String.join(" ", command));
    }
}
