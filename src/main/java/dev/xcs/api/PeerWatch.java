package dev.xcs.api;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pings a websocket's peer, so that idle proxies keep the connection, and closes it when nothing comes back. */
final class PeerWatch {
    static final short NO_SIGN_OF_LIFE = 4408;

    private static final Logger LOG = LoggerFactory.getLogger(PeerWatch.class);
    private static final int MAX_UNANSWERED = 3;

    private final ServerWebSocket socket;
    private int unanswered;

    private PeerWatch(ServerWebSocket socket) {
        this.socket = socket;
    }

    /** Ends by itself when the socket is closed. */
    static void start(Vertx vertx, ServerWebSocket socket, Duration every) {
        PeerWatch watch = new PeerWatch(socket);
        socket.pongHandler(pong -> watch.unanswered = 0);
        vertx.setPeriodic(every.toMillis(), timer -> {
            if (socket.isClosed()) {
                vertx.cancelTimer(timer);
            } else {
                watch.ping();
            }
        });
    }

    private void ping() {
        if (unanswered >= MAX_UNANSWERED) {
            socket.close(NO_SIGN_OF_LIFE, "no sign of life")
                    .onFailure(failure -> LOG.debug("Closing a dead peer failed", failure));
            return;
        }
        unanswered++;
        socket.writePing(Buffer.buffer("xcs")).onFailure(failure -> LOG.debug("A ping failed", failure));
    }
}
