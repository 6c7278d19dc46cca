package dev.xcs.console;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Takes steps one after the other, in the order they were asked for, whatever becomes of each. Of one event loop. */
final class Turns {
    private Future<?> last = Future.succeededFuture();
    private int open;

    <T> Future<T> next(Supplier<Future<T>> step) {
        open++;
        Future<T> mine = last.transform(before -> step.get()).onComplete(done -> open--);
        last = mine;
        return mine;
    }

    /** Whether no step is under way or waits. */
    boolean isIdle() {
        return open == 0;
    }
}
