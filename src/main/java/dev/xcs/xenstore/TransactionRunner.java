package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Runs transactions, again from their start while xenstored answers EAGAIN. Used on the client's context only. */
final class TransactionRunner {
    private static final int MAX_TRIES = 30;
    /** The first conflicts are met at once again, later ones after a delay that grows to the longest one. */
    private static final int TRIES_AT_ONCE = 3;

    private static final long LONGEST_DELAY_MILLIS = 50;

    /** A transaction that is open; its requests go on the connection it began on. */
    record Open(XenstoreConnection connection, int id) {
        Future<Frame> request(XenstoreRequest request) {
            return connection.request(request, id);
        }

        /** Sends all at once and reads all replies; fails with the first one, in their order, that was refused. */
        Future<Void> all(List<XenstoreRequest> requests) {
            List<Future<Void>> replies = requests.stream().map(this::change).toList();
            return Future.join(replies)
                    .<Void>mapEmpty()
                    .recover(failure ->
                            replies.stream().filter(Future::failed).findFirst().orElse(Future.failedFuture(failure)));
        }

        /** One change; to remove what is not there is no failure. */
        Future<Void> change(XenstoreRequest request) {
            return request(request)
                    .<Void>mapEmpty()
                    .recover(failure -> request.op() == Op.RM && XenstoreProblems.is(failure, Errno.ENOENT)
                            ? Future.succeededFuture()
                            : Future.failedFuture(failure));
        }
    }

    private final Vertx vertx;
    private final XenstoreLink link;

    TransactionRunner(Vertx vertx, XenstoreLink link) {
        this.vertx = vertx;
        this.link = link;
    }

    <T> Future<T> run(Function<Open, Future<T>> body) {
        return run(body, 1);
    }

    private <T> Future<T> run(Function<Open, Future<T>> body, int tries) {
        return link.connection()
                .compose(this::start)
                .compose(open -> body.apply(open)
                        .recover(failure -> abort(open, failure))
                        .compose(
                                result -> end(open, true).map(result).recover(failure -> again(body, tries, failure))));
    }

    private Future<Open> start(XenstoreConnection connection) {
        return connection
                .request(XenstoreRequest.startTransaction(), 0)
                .map(reply -> new Open(connection, (int) Long.parseLong(reply.text())));
    }

    private static Future<Frame> end(Open open, boolean commit) {
        return open.request(XenstoreRequest.endTransaction(commit));
    }

    /** Fails with what was wrong in the body, whatever becomes of the end. */
    private static <T> Future<T> abort(Open open, Throwable failure) {
        return end(open, false).transform(done -> Future.failedFuture(failure));
    }

    private <T> Future<T> again(Function<Open, Future<T>> body, int tries, Throwable failure) {
        if (!XenstoreProblems.is(failure, Errno.EAGAIN)) {
            return Future.failedFuture(failure);
        }
        if (tries >= MAX_TRIES) {
            return Future.failedFuture(XenstoreProblems.conflicts(tries));
        }
        if (tries < TRIES_AT_ONCE) {
            return run(body, tries + 1);
        }
        long delayMillis = Math.min(1L << Math.min(tries - TRIES_AT_ONCE, 6), LONGEST_DELAY_MILLIS);
        return vertx.timer(delayMillis, TimeUnit.MILLISECONDS).compose(elapsed -> run(body, tries + 1));
    }
}
