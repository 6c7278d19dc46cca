package dev.xcs.api;

import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.ConsoleOpened;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.OpenConsole;
import dev.xcs.model.Domain;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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
    private static final int WRITE_QUEUE_BYTES = 64 * 1024;
    private static final int FRAME_BYTES = 32 * 1024;

    private final EventBus bus;
    private final Domain domain;
    private final List<MessageConsumer<?>> listeners;
    private @Nullable Peer peer;
    private ConsoleCursor cursor = new ConsoleCursor(0);
    /** Set while the history is asked for: bytes that come meanwhile are in its answer. */
    private boolean catchingUp = true;

    private boolean ended;
    private int domid;

    /** Listens from now on, so that nothing is missed between the history and the first live byte. */
    ConsoleViewer(EventBus bus, Domain domain) {
        this.bus = bus;
        this.domain = domain;
        this.domid = domain.domid();
        this.listeners = List.of(
                ConsolePrinted.ADDRESS.at(domain.uuid()).listen(bus, this::printed),
                ConsoleEnded.ADDRESS.at(domain.uuid()).listen(bus, end -> ended()));
    }

    /** Completes when what is printed from now on is heard. */
    Future<?> listening() {
        return Future.all(listeners.stream().map(MessageConsumer::completion).toList());
    }

    Future<ConsoleOpened> open() {
        return OpenConsole.ADDRESS.ask(bus, new OpenConsole(domain.uuid()), TIMEOUT);
    }

    void start(Peer opened, ConsoleOpened history) {
        peer = opened;
        opened.socket().setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        opened.onDrained(this::catchUp);
        new ConsoleInput(bus, domain.uuid(), opened).start();
        long printed = cursor.next();
        cursor = new ConsoleCursor(history.offset());
        text(ConsoleFrame.hello(
                domain.uuid(), domid, history.offset(), history.replay().length()));
        send(history.offset(), history.replay());
        cursor.printed(printed);
        caughtUp();
    }

    private void printed(ConsolePrinted message) {
        long end = message.offset() + message.bytes().length();
        if (peer == null) {
            cursor.take(message.offset(), message.bytes().length());
            return;
        }
        boolean direct = !catchingUp && hasRoom() && cursor.isAt(message.offset());
        if (direct) {
            send(message.offset(), message.bytes());
            return;
        }
        cursor.printed(end);
        catchUp();
    }

    private boolean hasRoom() {
        return peer != null && !peer.isOver() && !peer.socket().writeQueueFull();
    }

    private void catchUp() {
        if (catchingUp || ended || !cursor.isBehind() || !hasRoom()) {
            return;
        }
        catchingUp = true;
        open().onSuccess(history -> send(history.offset(), history.replay()))
                .onFailure(failure -> {
                    LOG.debug("No history for a viewer that is behind", failure);
                    gap(cursor.skipToEnd());
                })
                .onComplete(tried -> caughtUp());
    }

    private void caughtUp() {
        catchingUp = false;
        if (ended) {
            finish();
        } else {
            catchUp();
        }
    }

    private void ended() {
        ended = true;
        if (!catchingUp) {
            finish();
        }
    }

    private void finish() {
        gap(cursor.skipToEnd());
        text(ConsoleFrame.end());
        close((short) 1000, "the domain is gone");
    }

    /** The domain has changed, and perhaps booted anew. */
    void changed(Domain now) {
        if (now.domid() >= 0 && now.domid() != domid) {
            domid = now.domid();
            if (peer != null) {
                text(ConsoleFrame.restarted(domid));
            }
        }
    }

    /** The domain is gone. The console's own end should follow at once; this is for a console that had none. */
    void gone() {
        if (!ended) {
            ended();
        }
    }

    void close(short code, String reason) {
        if (peer != null) {
            peer.sendAway(code, reason);
        }
    }

    /** Stops listening. */
    void release() {
        listeners.forEach(listener -> listener.unregister()
                .onFailure(failure -> LOG.warn("A console viewer could not stop listening", failure)));
    }

    private void send(long offset, Buffer bytes) {
        ConsoleCursor.Step step = cursor.take(offset, bytes.length());
        gap(step);
        for (int from = step.skip(); from < bytes.length(); from += FRAME_BYTES) {
            Buffer frame = bytes.slice(from, Math.min(bytes.length(), from + FRAME_BYTES));
            write(open -> open.writeBinaryMessage(frame));
        }
    }

    private void gap(ConsoleCursor.Step step) {
        if (step.hasGap()) {
            text(ConsoleFrame.gap(step.gapStart(), step.gapEnd()));
        }
    }

    private void text(String frame) {
        write(open -> open.writeTextMessage(frame));
    }

    private void write(Function<ServerWebSocket, Future<Void>> writing) {
        if (peer != null && !peer.isOver()) {
            writing.apply(peer.socket()).onFailure(failure -> LOG.debug("A console viewer went away", failure));
        }
    }
}
