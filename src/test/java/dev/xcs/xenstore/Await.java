package dev.xcs.xenstore;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;

/** Waits, with a deadline, on the test's thread. */
final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private Await() {}

    static <T> T result(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception cause ? cause : failure;
        }
    }

    static Problem problem(Future<?> future) throws InterruptedException, TimeoutException {
        try {
            Object result =
                    future.toCompletionStage().toCompletableFuture().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            return Assertions.fail("expected a problem, got " + result);
        } catch (ExecutionException failure) {
            return ProblemException.of(failure.getCause());
        }
    }

    /** Takes from the queue until the element is there. */
    static void told(BlockingQueue<String> queue, String expected) throws InterruptedException {
        String seen = "";
        for (String next = next(queue); !next.equals(expected); next = next(queue)) {
            seen += " " + next;
            Assertions.assertThat(next).as("before " + expected + ":" + seen).isNotEqualTo("nothing");
        }
    }

    static String next(BlockingQueue<String> queue) throws InterruptedException {
        String next = queue.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        try {
            dev.xcs.testing.Await.until(what, DEADLINE, condition::getAsBoolean);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("No condition throws this", e);
        }
    }
}
