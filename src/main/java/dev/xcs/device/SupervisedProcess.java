package dev.xcs.device;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A process that somebody looks after, be it a child of this run or of an earlier one. */
public final class SupervisedProcess {
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
