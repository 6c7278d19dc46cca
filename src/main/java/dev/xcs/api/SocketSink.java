package dev.xcs.api;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;

/** A websocket: one text frame for each record. */
final class SocketSink implements EventSink {
    static final String PROTOCOL = "xcs.events.v1";

    private static final short NORMAL = 1000;
    private static final short GOING_AWAY = 1001;

    private final Peer peer;
    private final ServerWebSocket socket;

    SocketSink(Peer peer) {
        this.peer = peer;
        this.socket = peer.socket();
    }

    @Override
    public Future<Void> begin(EventRecord.Filter filter) {
        return write(filter);
    }

    private Future<Void> write(Object value) {
        return socket.writeTextMessage(Answers.text(value));
    }

    @Override
    public Future<Void> deliver(EventBatch batch) {
        Future<Void> last = batch.hasGap() ? write(EventRecord.Gap.of(batch)) : Future.succeededFuture();
        for (ControlMessage message : batch.messages()) {
            // Frames leave in order: when the last has left, all have.
            last = write(EventRecord.Message.of(message));
        }
        return last;
    }

    @Override
    public Future<Void> heartbeat() {
        return write(EventRecord.Heartbeat.BEAT);
    }

    @Override
    public Future<Void> end(EventRecord.End end) {
        // Not when it has left: a peer that does not read must be closed all the same.
        Future<Void> last = write(end);
        peer.sendAway(end.reason().equals(EventPump.STOPPING) ? GOING_AWAY : NORMAL, end.reason());
        return last;
    }

    @Override
    public void onClose(Runnable closed) {
        peer.onGone(closed);
    }
}
