package dev.xcs.domain;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Timer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Tries again, ever less often, for a bounded time. */
final class Patience {
    private static final long FIRST_MILLIS = 5;
    private static final long LONGEST_MILLIS = 250;

    private final Vertx vertx;

    Patience(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The first answer that is good enough, or the last answer or failure when the time is over. */
    <T> Future<T> untilGood(Supplier<Future<T>> question, Predicate<T> good, Duration within) {
        return again(question, good, System.nanoTime() + within.toNanos(), FIRST_MILLIS);
    }

    /** As {@link #untilGood}, for what only has to succeed. */
    <T> Future<T> untilDone(Supplier<Future<T>> attempt, Duration within) {
        return untilGood(attempt, any -> true, within);
    }

    /** Done when that time is over. */
    Future<Void> pause(Duration length) {
        return vertx.timer(length.toMillis(), TimeUnit.MILLISECONDS).mapEmpty();
    }

    /** The outcome, or a problem of type TIMEOUT if it comes too late. */
    <T> Future<T> within(Future<T> work, Duration limit) {
        if (work.isComplete()) {
            return work;
        }
        Promise<T> first = Promise.promise();
        Timer timer = vertx.timer(limit.toMillis(), TimeUnit.MILLISECONDS);
        timer.onSuccess(any -> first.tryFail(tooLate(limit).toException()));
        work.onSuccess(first::tryComplete).onFailure(first::tryFail).onComplete(any -> timer.cancel());
        return first.future();
    }

    private static Problem tooLate(Duration limit) {
        return Problem.of(ProblemType.TIMEOUT, "It took longer than " + limit.toMillis() + " ms")
                .asRetryable();
    }

    private <T> Future<T> again(Supplier<Future<T>> question, Predicate<T> good, long deadline, long pause) {
        return question.get().transform(answer -> {
            boolean over = System.nanoTime() - deadline >= 0;
            if (over || (answer.succeeded() && good.test(answer.result()))) {
                return answer.succeeded()
                        ? Future.succeededFuture(answer.result())
                        : Future.failedFuture(answer.cause());
            }
            return vertx.timer(pause, TimeUnit.MILLISECONDS)
                    .compose(any -> again(question, good, deadline, Math.min(pause * 2, LONGEST_MILLIS)));
        });
    }
}
