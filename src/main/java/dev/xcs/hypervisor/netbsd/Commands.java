package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.time.Duration;
import java.util.List;

/** Runs commands, and says what went wrong. */
final class Commands {
    /** None of them waits for anything but the kernel. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CommandRunner runner;

    Commands(CommandRunner runner) {
        this.runner = runner;
    }

    /** @throws ProblemException of type HYPERVISOR with the command and what it said */
    String run(List<String> command) {
        CommandRunner.Result result = attempt(command);
        if (result.status() != 0) {
            throw failure(command, result).toException();
        }
        return result.output();
    }

    /** What came of it is for the caller to judge. */
    CommandRunner.Result attempt(List<String> command) {
        return runner.run(command, PATIENCE);
    }

    static Problem failure(List<String> command, CommandRunner.Result result) {
        String said = result.errors().isBlank() ? result.output() : result.errors();
        return Problem.of(
                        ProblemType.HYPERVISOR,
                        command.get(0) + " failed with status " + result.status() + ": "
                                + Problem.printable(said.strip()))
                .withCall(command.get(0), String.join(" ", command));
    }
}
