package dev.xcs;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was started, in order, so that exactly that can be stopped in reverse: after a full start or one that failed half-way. One
 * thread starts; another may stop at any time, and what comes up after that is stopped at once.
 */
final class Stages {
    private static final Logger LOG = LoggerFactory.getLogger(Stages.class);

    /** How a certain thing is stopped; may block. */
    interface Stop<T> {
        void run(T thing) throws Exception;
    }

    private record Stage(String name, Callable<Boolean> stop) {}

    private final Deque<Stage> started = new ArrayDeque<>();
    private final Duration limit;
    private boolean stopping;

    /** @param limit how long one stage may take to start or to stop */
    Stages(Duration limit) {
        this.limit = limit;
    }

    /** Starts something and remembers how to stop it. Fails with a problem that names the stage. */
    <T> T start(String name, Callable<T> start, Stop<T> stop) {
        long begin = System.nanoTime();
        T up;
        try {
            up = start.call();
            LOG.debug(
                    "{} took {} ms to start",
                    name,
                    Duration.ofNanos(System.nanoTime() - begin).toMillis());
        } catch (Exception failure) {
            throw inStage(name, failure);
        }
        Stage stage = new Stage(name, () -> {
            stop.run(up);
            return true;
        });
        if (!remember(stage)) {
            stop(stage);
            throw Problem.of(ProblemType.UNAVAILABLE, "Stopped while it was starting")
                    .toException();
        }
        return up;
    }

    /** Waits for a future, within the limit of a stage. */
    <T> T await(Future<T> future) throws TimeoutException {
        return future.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized boolean remember(Stage stage) {
        if (!stopping) {
            started.push(stage);
        }
        return !stopping;
    }

    private static ProblemException inStage(String name, Exception failure) {
        Problem problem = failure instanceof TimeoutException
                ? Problem.of(ProblemType.TIMEOUT, "It did not come up in time")
                : ProblemException.of(failure);
        return new ProblemException(problem.step() == null ? problem.withStep("start of " + name) : problem, failure);
    }

    /** Stops everything in reverse, each stage also when an earlier one failed; gives the names of those that did not stop. */
    List<String> stop() {
        List<String> failed = new ArrayList<>();
        for (Stage stage : takeAll()) {
            if (!stop(stage)) {
                failed.add(stage.name);
            }
        }
        return failed;
    }

    /** Whether somebody has begun to stop. */
    synchronized boolean stopping() {
        return stopping;
    }

    private synchronized List<Stage> takeAll() {
        stopping = true;
        List<Stage> all = List.copyOf(started);
        started.clear();
        return all;
    }

    private static boolean stop(Stage stage) {
        try {
            boolean stopped = stage.stop.call();
            LOG.debug("{} has stopped", stage.name);
            return stopped;
        } catch (Exception failure) {
            LOG.error("{} did not stop: {}", stage.name, failure.toString());
            return false;
        }
    }
}
