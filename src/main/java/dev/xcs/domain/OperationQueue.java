package dev.xcs.domain;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one domain, one after the other. A pre-empting one goes before all that wait, which fail, and tells the one
 * that runs to give up; it still waits until that one has undone what it did. Not for several threads.
 */
final class OperationQueue {
    private final Deque<Operation<?>> waiting = new ArrayDeque<>();
    private @Nullable Operation<?> running;

    /** @param what names it; of a pre-empting one, why the others are given up: {@code the domain is being destroyed} */
    private record Operation<T>(
            String what,
            boolean preempting,
            Preemption preemption,
            Function<Preemption, Future<T>> work,
            Promise<T> outcome) {}

    /** Runs the work when all before it are done. */
    <T> Future<T> add(String what, Function<Preemption, Future<T>> work) {
        Operation<T> operation = new Operation<>(what, false, new Preemption(), work, Promise.promise());
        waiting.addLast(operation);
        runNext();
        return operation.outcome.future();
    }

    /**
     * Runs the work as soon as the running operation has given up; behind other pre-empting ones.
     *
     * @param why as those that it pre-empts are told
     */
    <T> Future<T> preempt(String why, Function<Preemption, Future<T>> work) {
        Operation<T> operation = new Operation<>(why, true, new Preemption(), work, Promise.promise());
        Deque<Operation<?>> weaker = new ArrayDeque<>(waiting);
        weaker.removeIf(Operation::preempting);
        waiting.removeAll(weaker);
        waiting.addLast(operation);
        weaker.forEach(other -> other.outcome.tryFail(preempted(other.what, why).toException()));
        if (running != null && !running.preempting) {
            running.preemption.request(preempted(running.what, why));
        }
        runNext();
        return operation.outcome.future();
    }

    boolean isIdle() {
        return running == null && waiting.isEmpty();
    }

    private static Problem preempted(String loser, String why) {
        return Problem.of(ProblemType.PREEMPTED, "The " + loser + " was given up: " + why);
    }

    private void runNext() {
        if (running == null && !waiting.isEmpty()) {
            run(waiting.removeFirst());
        }
    }

    private <T> void run(Operation<T> operation) {
        running = operation;
        attempt(operation).onComplete(done -> {
            running = null;
            if (done.succeeded()) {
                operation.outcome.tryComplete(done.result());
            } else {
                operation.outcome.tryFail(done.cause());
            }
            runNext();
        });
    }

    private static <T> Future<T> attempt(Operation<T> operation) {
        try {
            return operation.work.apply(operation.preemption);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }
}
