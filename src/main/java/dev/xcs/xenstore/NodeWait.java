package dev.xcs.xenstore;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for a node of xenstore to have a certain value, by a watch: no polling. */
public final class NodeWait {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWait.class);

    private final Vertx vertx;
    private final Xenstore store;
    private final String path;
    private final Predicate<Optional<String>> good;
    private final Promise<Optional<String>> found = Promise.promise();
    private Future<Xenstore.@Nullable Watch> watch = Future.succeededFuture();
    private long timer = -1;

    private NodeWait(Vertx vertx, Xenstore store, String path, Predicate<Optional<String>> good) {
        this.vertx = vertx;
        this.store = store;
        this.path = path;
        this.good = good;
    }

    /** @param limit null to wait until it is cancelled, over every reconnect; else the future fails with TIMEOUT after that */
    public static NodeWait until(
            Vertx vertx, Xenstore store, String path, Predicate<Optional<String>> good, @Nullable Duration limit) {
        NodeWait wait = new NodeWait(vertx, store, path, good);
        wait.start(limit);
        return wait;
    }

    private void start(@Nullable Duration limit) {
        // Cast, because the watch of a wait that never started is none.
        watch = store.watch(path, any -> look()).map(opened -> (Xenstore.@Nullable Watch) opened);
        watch.onFailure(found::tryFail);
        if (limit != null) {
            timer = vertx.setTimer(
                    limit.toMillis(), any -> found.tryFail(tooLate(limit).toException()));
        }
        found.future().onComplete(any -> end());
    }

    private Problem tooLate(Duration limit) {
        return Problem.of(ProblemType.TIMEOUT, path + " has not changed as expected within " + limit.toSeconds() + " s")
                .asRetryable();
    }

    private void look() {
        if (!found.future().isComplete()) {
            store.read(path)
                    .onSuccess(value -> {
                        if (good.test(value)) {
                            found.tryComplete(value);
                        }
                    })
                    .onFailure(failure -> {
                        if (timer >= 0) {
                            found.tryFail(failure);
                        } else {
                            // The watch tells again when xenstore is back.
                            LOG.debug("{} cannot be read now", path, failure);
                        }
                    });
        }
    }

    public Future<Optional<String>> future() {
        return found.future();
    }

    /** The future fails with PREEMPTED if it is not complete. */
    public void cancel() {
        found.tryFail(Problem.of(ProblemType.PREEMPTED, "Nobody waits for " + path + " any more")
                .toException());
    }

    private void end() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
        watch.compose(opened -> opened == null ? Future.<Void>succeededFuture() : opened.cancel())
                .onFailure(failure -> LOG.debug("The watch on {} ended with its connection", path, failure));
    }
}
