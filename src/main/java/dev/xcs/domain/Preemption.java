package dev.xcs.domain;

import dev.xcs.model.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** Tells a running operation that a stronger one wants its place. */
final class Preemption {
    private final Promise<Void> requested = Promise.promise();

    void request(Problem why) {
        requested.tryFail(why.toException());
    }

    /** Failed once it is pre-empted: to be asked between two steps. */
    Future<Void> check() {
        return requested.future().failed() ? requested.future() : Future.succeededFuture();
    }

    /** The outcome of some waiting, or the failure if it is pre-empted meanwhile. */
    <T> Future<T> orPreempted(Future<T> waiting) {
        Promise<T> first = Promise.promise();
        waiting.onSuccess(first::tryComplete).onFailure(first::tryFail);
        requested.future().onFailure(first::tryFail);
        return first.future();
    }
}
