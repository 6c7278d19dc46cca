package dev.xcs.device;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process that somebody looks after, be it a child of this run or of an earlier one. */
public final class SupervisedProcess {
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final ProcessHandle handle;
    private final Future<String> ended;

    private SupervisedProcess(ProcessHandle handle, Future<String> ended) {
        this.handle = handle;
        this.ended = ended;
    }

    public static SupervisedProcess child(Process process, Context context) {
        return new SupervisedProcess(
                process.toHandle(),
                Future.fromCompletionStage(
                        process.onExit().thenApply(dead -> "exit code " + dead.exitValue()), context));
    }

    public static SupervisedProcess stranded(ProcessHandle process, Context context) {
        return new SupervisedProcess(
                process, Future.fromCompletionStage(process.onExit().thenApply(dead -> "exit code unknown"), context));
    }

    /** The command as it is to be started so that it goes on when the daemon ends: in a session of its own, where the system has setsid. */
    public static List<String> detached(List<String> command) {
        List<String> line = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            line.add(SETSID.toString());
        }
        line.addAll(command);
        return line;
    }

    /**
     * A process of an earlier run, by its pid, else by its command line among all processes.
     *
     * @param pid may have been given to another since
     * @param ours tells by the command line; whatever it looks for must be nobody else's
     */
    public static Optional<ProcessHandle> find(long pid, Predicate<List<String>> ours) {
        return ProcessHandle.of(pid)
                .filter(process -> isOurs(process, ours))
                .or(() -> ProcessHandle.allProcesses()
                        .filter(process -> isOurs(process, ours))
                        .findFirst());
    }

    private static boolean isOurs(ProcessHandle process, Predicate<List<String>> ours) {
        return ours.test(arguments(process.pid())) && process.isAlive();
    }

    /** The command line of a process; empty when it has ended, or is somebody's whose business is none of ours. */
    public static List<String> arguments(long pid) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
            return List.of(new String(line, StandardCharsets.UTF_8).split("\0"));
        } catch (IOException e) {
            return List.of();
        }
    }

    public long pid() {
        return handle.pid();
    }

    /** Completes when it has ended, with its exit code in words. Never fails. */
    public Future<String> ended() {
        return ended;
    }

    /** Asks it to end (SIGTERM), and kills it when it does not; a process that was given its number since is safe. */
    public Future<String> end(Duration patience, Duration killed) {
        handle.destroy();
        return within(patience).recover(late -> {
            handle.destroyForcibly();
            return within(killed)
                    .recover(stuck -> Future.failedFuture(Problem.of(
                                    ProblemType.TIMEOUT,
                                    "process " + handle.pid() + " did not end " + killed.toMillis()
                                            + " ms after it was killed")
                            .withCall("kill", Long.toString(handle.pid()))
                            .withCause("it waits for a disk or a server that does not answer")
                            .asRetryable()
                            .toException()));
        });
    }

    private Future<String> within(Duration time) {
        return ended.timeout(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
