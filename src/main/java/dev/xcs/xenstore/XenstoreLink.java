package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to xenstored: makes a new one when it is lost, establishes the watches again and then tells that whatever is
 * known has to be read anew. Used on the client's context only.
 */
final class XenstoreLink {
    private static final Logger LOG = LoggerFactory.getLogger(XenstoreLink.class);
    private static final long FIRST_DELAY_MILLIS = 20;
    private static final long LONGEST_DELAY_MILLIS = 5_000;

    private final Vertx vertx;
    private final Connector connector;
    private final int maxInFlight;
    private final Duration stall;
    private final XenstoreMetrics metrics;
    private final WatchTable watches;
    private final List<Runnable> resyncListeners = new ArrayList<>();
    private @Nullable XenstoreConnection current;
    private String whyNot = "the client is not started";
    private long stallTimer = -1;
    private boolean closed;

    /** @param stall a connection on which xenstored owes an answer for so long is given up */
    XenstoreLink(
            Vertx vertx,
            Connector connector,
            int maxInFlight,
            Duration stall,
            XenstoreMetrics metrics,
            WatchTable watches) {
        this.vertx = vertx;
        this.connector = connector;
        this.maxInFlight = maxInFlight;
        this.stall = stall;
        this.metrics = metrics;
        this.watches = watches;
    }

    /** Makes the first connection; fails when there is none to make. */
    Future<Void> open() {
        return connector.connect().map(transport -> {
            stallTimer = vertx.setPeriodic(Math.max(1, stall.toMillis() / 4), timer -> checkStall());
            adopt(transport);
            return null;
        });
    }

    Future<Frame> request(XenstoreRequest request) {
        return connection().compose(connection -> connection.request(request, 0));
    }

    /** The connection in use; a transaction stays on the one it began on. */
    Future<XenstoreConnection> connection() {
        XenstoreConnection connection = current;
        return connection == null
                ? Future.failedFuture(XenstoreProblems.notConnected(whyNot))
                : Future.succeededFuture(connection);
    }

    /** Ends the watch on the other side too; without a connection there is nothing to end. */
    Future<Void> unwatch(WatchTable.Entry entry) {
        XenstoreConnection connection = current;
        if (connection == null) {
            return Future.succeededFuture();
        }
        XenstoreRequest request = XenstoreRequest.watch(Op.UNWATCH, entry.path(), entry.token());
        return connection
                .request(request, 0)
                .recover(failure ->
                        isOver(connection, failure) ? Future.succeededFuture() : Future.failedFuture(failure))
                .mapEmpty();
    }

    void onResync(Runnable listener) {
        resyncListeners.add(listener);
    }

    void close() {
        closed = true;
        whyNot = "the client is closed";
        vertx.cancelTimer(stallTimer);
        if (current != null) {
            current.lose(whyNot);
        }
        connector.close();
    }

    private boolean isOver(XenstoreConnection connection, Throwable failure) {
        return connection != current || XenstoreProblems.is(failure, Errno.ENOENT);
    }

    private void adopt(Transport transport) {
        if (closed) {
            transport.close();
            return;
        }
        current = new XenstoreConnection(transport, maxInFlight, metrics, watches::dispatch, this::lost);
    }

    private void lost(String why) {
        current = null;
        if (!closed) {
            whyNot = why;
            LOG.warn("lost the connection to xenstored: {}", why);
            reconnectIn(FIRST_DELAY_MILLIS);
        }
    }

    private void reconnectIn(long delayMillis) {
        vertx.setTimer(delayMillis, timer -> {
            if (!closed) {
                connector.connect().onSuccess(this::reconnected).onFailure(failure -> {
                    whyNot = String.valueOf(failure.getMessage());
                    LOG.debug("xenstored is still away", failure);
                    reconnectIn(Math.min(delayMillis * 2, LONGEST_DELAY_MILLIS));
                });
            }
        });
    }

    private void reconnected(Transport transport) {
        adopt(transport);
        XenstoreConnection connection = current;
        if (connection == null) {
            return;
        }
        metrics.reconnected();
        LOG.info("connected to xenstored again");
        List<Future<Void>> replies = watches.all().stream()
                .map(entry -> watchAgain(connection, entry, FIRST_DELAY_MILLIS))
                .toList();
        Future.join(replies).onComplete(done -> {
            // Otherwise it was lost again meanwhile, and the next one tells.
            if (connection == current) {
                resyncListeners.forEach(Runnable::run);
            }
        });
    }

    /** Tried without end on this connection: xenstored tells a new watch once, so nothing that was missed stays unknown. */
    private Future<Void> watchAgain(XenstoreConnection connection, WatchTable.Entry entry, long delayMillis) {
        XenstoreRequest request = XenstoreRequest.watch(Op.WATCH, entry.path(), entry.token());
        return connection
                .request(request, 0)
                .onFailure(failure -> {
                    if (connection == current && !XenstoreProblems.is(failure, Errno.EEXIST)) {
                        retryWatch(connection, entry, delayMillis, failure);
                    }
                })
                .mapEmpty();
    }

    private void retryWatch(
            XenstoreConnection connection, WatchTable.Entry entry, long delayMillis, Throwable failure) {
        if (delayMillis == FIRST_DELAY_MILLIS) {
            LOG.error("cannot watch {} again, it is tried on: {}", entry.path(), failure.getMessage());
        }
        vertx.setTimer(delayMillis, timer -> {
            if (connection == current && watches.has(entry)) {
                watchAgain(connection, entry, Math.min(delayMillis * 2, LONGEST_DELAY_MILLIS))
                        .onSuccess(done -> LOG.info("{} is watched again", entry.path()))
                        .onFailure(more -> LOG.debug("cannot watch {} yet", entry.path(), more));
            }
        });
    }

    private void checkStall() {
        XenstoreConnection connection = current;
        if (connection != null && connection.oldestNanos() > stall.toNanos()) {
            connection.lose("xenstored did not answer for " + stall.toMillis() + " ms");
        }
    }
}
