package dev.xcs.gateway;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A few named threads for calls that block, with a bounded queue before them; one thread keeps the order. */
final class Lane {
    private final String name;
    private final int maxWaiting;
    private final ThreadPoolExecutor threads;

    /**
     * @param name of the thread, with {@code -N} behind it if there may be several
     * @param maxWaiting calls that may wait for a thread; one more is refused
     */
    Lane(String name, int maxThreads, int maxWaiting) {
        this.name = name;
        this.maxWaiting = maxWaiting;
        this.threads = new ThreadPoolExecutor(
                maxThreads,
                maxThreads,
                0,
                TimeUnit.MILLISECONDS,
                new ArrayBlockingQueue<>(maxWaiting),
                named(name, maxThreads));
    }

    private static ThreadFactory named(String name, int maxThreads) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            int number = count.incrementAndGet();
            Thread thread = new Thread(task, maxThreads == 1 ? name : name + "-" + number);
            // A call that never returns must not keep a process alive that was told to end.
            thread.setDaemon(true);
            return thread;
        };
    }

    String name() {
        return name;
    }

    /** Calls that wait for a thread. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Calls on a thread of this lane; whatever is thrown, or that there is no room, fails the answer. */
    <T> CompletableFuture<T> run(Supplier<T> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(new Call<>(call, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new ProblemException(refusal(), e));
        }
        return answer;
    }

    private Problem refusal() {
        return threads.isShutdown()
                ? stopping()
                : Problem.of(ProblemType.TOO_MANY, name + ": the limit of " + maxWaiting + " waiting calls is reached")
                        .asRetryable();
    }

    private Problem stopping() {
        return Problem.of(ProblemType.UNAVAILABLE, name + " is stopping").asRetryable();
    }

    /** Takes no more calls, and fails those that wait. */
    void close() {
        threads.shutdown();
        List<Runnable> waiting = new ArrayList<>();
        threads.getQueue().drainTo(waiting);
        for (Runnable call : waiting) {
            ((Call<?>) call).answer().completeExceptionally(stopping().toException());
        }
    }

    /** Waits until the last call has ended; false if that takes longer, or if this thread is interrupted. */
    boolean join(Duration atMost) {
        try {
            return threads.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private record Call<T>(Supplier<T> call, CompletableFuture<T> answer) implements Runnable {
        @Override
        public void run() {
            try {
                answer.complete(call.get());
            } catch (Throwable failure) {
                answer.completeExceptionally(failure);
            }
        }
    }
}
