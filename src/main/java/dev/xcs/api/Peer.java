package dev.xcs.api;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other side of a websocket. It is pinged, so that idle proxies keep the connection, and sent away when nothing comes back. One that
 * does not read can neither pile up answers to its own pings nor hold a place: no more is read from it than can be
 * answered, and when it does not even take the closing it counts as gone, nothing is read from it any more, and the server's idle timeout
 * cuts its connection.
 */
final class Peer {
    static final short NO_SIGN_OF_LIFE = 4408;

    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);
    private static final int MAX_UNANSWERED = 3;
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Vertx vertx;
    private final ServerWebSocket socket;
    private final long timer;
    private final List<Runnable> whenGone = new ArrayList<>();
    private final List<Runnable> whenDrained = new ArrayList<>();
    private int unanswered;
    private boolean busy;
    private boolean full;
    private boolean leaving;
    private boolean gone;

    /** In the event in which the socket was opened. */
    Peer(Vertx vertx, ServerWebSocket socket, Duration pingEvery) {
        this.vertx = vertx;
        this.socket = socket;
        this.timer = vertx.setPeriodic(pingEvery.toMillis(), any -> ping());
        socket.pongHandler(pong -> unanswered = 0);
        socket.drainHandler(any -> drained());
        socket.closeHandler(any -> gone());
    }

    ServerWebSocket socket() {
        return socket;
    }

    /** Is called once, when it is gone; at once if it is already. */
    void onGone(Runnable listener) {
        if (gone) {
            listener.run();
        } else {
            whenGone.add(listener);
        }
    }

    /** Is called whenever the write queue has room again. */
    void onDrained(Runnable listener) {
        whenDrained.add(listener);
    }

    /** To be told of every frame: the answer to a ping is in the write queue by then. */
    void received(WebSocketFrame frame) {
        if (frame.isPing() && !full && (isOver() || socket.writeQueueFull())) {
            full = true;
            // Later, for Vert.x reads one frame more for every ping, pause or not, when this event is over.
            vertx.runOnContext(any -> pauseIfFull());
        }
    }

    private void pauseIfFull() {
        if (full) {
            socket.pause();
        }
    }

    /** Reads no more until {@link #ready}. */
    void busy() {
        busy = true;
        socket.pause();
    }

    void ready() {
        busy = false;
        readOn();
    }

    private void drained() {
        full = false;
        readOn();
        whenDrained.forEach(Runnable::run);
    }

    private void readOn() {
        if (!busy && !full && !gone) {
            socket.resume();
        }
    }

    private void ping() {
        if (isOver()) {
            return;
        }
        if (unanswered >= MAX_UNANSWERED) {
            sendAway(NO_SIGN_OF_LIFE, "no sign of life");
            return;
        }
        unanswered++;
        socket.writePing(Buffer.buffer("xcs")).onFailure(failure -> LOG.debug("A ping failed", failure));
    }

    /** Closes; who does not take that soon is gone all the same. */
    void sendAway(short code, String reason) {
        if (isOver()) {
            return;
        }
        leaving = true;
        long patience = vertx.setTimer(CLOSING.toMillis(), any -> {
            busy();
            gone();
        });
        onGone(() -> vertx.cancelTimer(patience));
        socket.close(code, reason).onFailure(failure -> LOG.debug("Closing a websocket failed", failure));
    }

    /** Whether nothing can be said to it any more. */
    boolean isOver() {
        return leaving || gone || socket.isClosed();
    }

    private void gone() {
        if (!gone) {
            gone = true;
            vertx.cancelTimer(timer);
            whenGone.forEach(Runnable::run);
            whenGone.clear();
        }
    }
}
