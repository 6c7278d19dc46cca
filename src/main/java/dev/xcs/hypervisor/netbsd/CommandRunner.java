package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.ProblemException;
import java.time.Duration;
import java.util.List;

/** The port to the programs of a NetBSD dom0: real processes, or the simulated host's. May be used by several threads. */
@FunctionalInterface
public interface CommandRunner {
    /**
     * Runs a program to its end; blocks.
     *
     * @param command its name and its arguments, which no shell sees
     * @param patience it is ended after that
     * @throws ProblemException if it cannot be run, or did not end in time
     */
    Result run(List<String> command, Duration patience);

    /**
     * What came of it.
     *
     * @param status 0 if it did what it was to do
     */
    record Result(int status, String output, String errors) {
        public static Result ok(String output) {
            return new Result(0, output, "");
        }

        public static Result failed(String errors) {
            return new Result(1, "", errors);
        }
    }
}
