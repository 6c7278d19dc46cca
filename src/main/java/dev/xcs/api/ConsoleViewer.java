package dev.xcs.api;

import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleLogRead;
import dev.xcs.message.ReadConsoleLog;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows one domain's console to one websocket. Nothing is queued for a viewer beyond the socket's bounded write queue: while that is full what the guest
 * prints passes by, and when it has drained the viewer is brought up to date from the history; what the history has lost by then
 * is told as a gap. So no viewer slows down anybody, and its memory is bounded.
 */
final class ConsoleViewer {
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleViewer.class);
    private static final int WRITE_QUEUE_BYTES = 256 * 1024;
    private static final int READ_BYTES = 64 * 1024;

    private final EventBus bus;
    private final UUID uuid;
    private final Peer peer;
    /** The next byte that it is to be sent, and behind the last that there is. */
    private long next;

    private long end;
    /** Set while the history is read: bytes that come meanwhile are in it. */
    private boolean reading;

    private boolean hasSeen;
    private boolean ended;

    /** @param from the first byte that it wants, whether it is kept or not */
    ConsoleViewer(EventBus bus, UUID uuid, Peer peer, long from) {
        this.bus = bus;
        this.uuid = uuid;
        this.peer = peer;
        this.next = from;
        this.end = from;
        peer.socket().setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        peer.onDrained(this::catchUp);
    }

    Peer peer() {
        return peer;
    }

    /** There are bytes up to here, whether or not this viewer was shown them. */
    void until(long printed) {
        end = Math.max(end, printed);
        catchUp();
    }

    /** @param frame the same for all viewers */
    void printed(Buffer frame) {
        long offset = ConsoleFrame.offset(frame);
        if (!reading && offset <= next && hasRoom()) {
            send(frame);
            end = Math.max(end, next);
        } else {
            until(ConsoleFrame.end(frame));
        }
    }

    private boolean hasRoom() {
        return !peer.isOver() && !peer.socket().writeQueueFull();
    }

    private void catchUp() {
        if (reading || ended || next >= end || !hasRoom()) {
            return;
        }
        reading = true;
        ReadConsoleLog.ADDRESS
                .ask(bus, new ReadConsoleLog(uuid, next, READ_BYTES), TIMEOUT)
                .onSuccess(this::show)
                .onFailure(failure -> {
                    LOG.debug("No history for a viewer that is behind", failure);
                    gap(end, "lost");
                })
                .onComplete(tried -> {
                    reading = false;
                    if (ended) {
                        finish();
                    } else {
                        catchUp();
                    }
                });
    }

    private void show(ConsoleLogRead read) {
        gap(ConsoleFrame.offset(read.frame()), read.expired() ? hasSeen ? "slow" : "expired" : "lost");
        send(read.frame());
    }

    private void send(Buffer frame) {
        Buffer rest = ConsoleFrame.from(frame, next);
        if (ConsoleFrame.length(rest) > 0) {
            hasSeen = true;
            next = ConsoleFrame.end(rest);
            write(open -> open.writeBinaryMessage(rest));
        }
    }

    private void gap(long to, String reason) {
        if (next < to) {
            text(ConsoleText.gap(next, to, reason));
            next = to;
        }
    }

    /** The domain is gone, and nothing comes any more. */
    void ended() {
        if (!ended) {
            ended = true;
            if (!reading) {
                finish();
            }
        }
    }

    private void finish() {
        gap(end, hasSeen ? "slow" : "lost");
        text(ConsoleText.end());
        peer.sendAway((short) 1000, "the domain is gone");
    }

    void text(String frame) {
        write(open -> open.writeTextMessage(frame));
    }

    private void write(Function<ServerWebSocket, Future<Void>> writing) {
        if (!peer.isOver()) {
            writing.apply(peer.socket()).onFailure(failure -> LOG.debug("A console viewer went away", failure));
        }
    }
}
