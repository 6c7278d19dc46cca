package dev.xcs.xenstore;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Brings calls from any context to the client's own, and the answers back to the context that called. */
final class CallerContexts {
    private final Context own;

    CallerContexts(Context own) {
        this.own = own;
    }

    Context own() {
        return own;
    }

    /** The context of the running call; the client's own when it comes from a thread that has none. */
    Context caller() {
        Context current = Vertx.currentContext();
        return current == null ? own : current;
    }

    /** Runs the call on the client's context; the future completes on the caller's. */
    <T> Future<T> call(Supplier<Future<T>> call) {
        return bridge(caller(), own, call);
    }

    /** Runs the call on the given context; the future completes on the client's. */
    <T> Future<T> callOn(Context context, Supplier<Future<T>> call) {
        return bridge(own, context, call);
    }

    private static <T> Future<T> bridge(Context from, Context to, Supplier<Future<T>> call) {
        // The public API has no other way to choose the context a future completes on.
        Promise<T> result = Promise.promise();
        run(
                to,
                () -> attempt(call)
                        .onComplete(done -> from.runOnContext(turn -> {
                            if (done.succeeded()) {
                                result.complete(done.result());
                            } else {
                                result.fail(done.cause());
                            }
                        })));
        return result.future();
    }

    private static void run(Context context, Runnable action) {
        if (Vertx.currentContext() == context) {
            action.run();
        } else {
            context.runOnContext(turn -> action.run());
        }
    }

    private static <T> Future<T> attempt(Supplier<Future<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }
}
