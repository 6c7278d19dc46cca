package dev.xcs.domain;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Bounds how many builds run at once; the others wait in turn. */
final class BuildSlots {
    private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
    private int free;

    BuildSlots(int slots) {
        free = slots;
    }

    /** Runs the build when a slot is free; a pre-empted one leaves the line at once, but not the build once it runs. */
    <T> Future<T> run(Supplier<Future<T>> build, Preemption preemption) {
        Future<Void> slot = acquire();
        Future<Void> turn = preemption.orPreempted(slot);
        turn.onFailure(lost -> slot.onSuccess(any -> release()));
        return turn.compose(any -> build.get().onComplete(done -> release()));
    }

    private Future<Void> acquire() {
        if (free > 0) {
            free--;
            return Future.succeededFuture();
        }
        Promise<Void> turn = Promise.promise();
        waiting.addLast(turn);
        return turn.future();
    }

    private void release() {
        Promise<Void> next = waiting.pollFirst();
        if (next == null) {
            free++;
        } else {
            next.tryComplete();
        }
    }
}
