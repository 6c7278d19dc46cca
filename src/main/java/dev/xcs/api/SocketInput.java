package dev.xcs.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a reader of events says over its websocket: {@code {"acknowledge": N}}, one after the other. */
final class SocketInput {
    static final int MAX_TEXT_CHARS = 4 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(SocketInput.class);
    private static final ObjectMapper MAPPER = Json.mapper();
    private static final int MAX_ERRORS = 5;
    private static final short TOO_BIG = 1009;
    private static final short TOO_MANY_ERRORS = 4400;

    /** Takes what a reader says it has. */
    @FunctionalInterface
    interface Acknowledger {
        /** Where there is nothing to acknowledge. */
        Acknowledger NONE = sequence -> Future.failedFuture(
                Problem.of(ProblemType.MALFORMED, "acknowledge: only the events of a session are acknowledged")
                        .withField("acknowledge")
                        .toException());

        Future<?> acknowledge(long sequence);
    }

    private final Peer peer;
    private final ServerWebSocket socket;
    private final Acknowledger acknowledger;
    private int errors;

    SocketInput(Peer peer, Acknowledger acknowledger) {
        this.peer = peer;
        this.socket = peer.socket();
        this.acknowledger = acknowledger;
    }

    void start() {
        socket.exceptionHandler(failure -> LOG.debug("A reader of events broke the protocol or went away", failure));
        socket.frameHandler(peer::received);
        socket.textMessageHandler(this::received);
        socket.binaryMessageHandler(
                bytes -> refuse(Problem.of(ProblemType.MALFORMED, "Binary frame: expected only text frames")));
    }

    private void received(String text) {
        if (text.length() > MAX_TEXT_CHARS) {
            peer.sendAway(TOO_BIG, "a text frame may have " + MAX_TEXT_CHARS + " characters");
            return;
        }
        long sequence = sequence(text);
        if (sequence < 0) {
            refuse(Problem.of(
                    ProblemType.MALFORMED,
                    "Text frame: " + Problem.quote(text) + ", expected {\"acknowledge\": N} with a sequence number"));
            return;
        }
        // The next is read when this is done: a flood waits in its own connection.
        peer.busy();
        acknowledger
                .acknowledge(sequence)
                .onFailure(failure -> refuse(ProblemException.of(failure)))
                .onComplete(done -> peer.ready());
    }

    private static long sequence(String text) {
        try {
            JsonNode frame = MAPPER.readTree(text);
            JsonNode value = frame.path("acknowledge");
            boolean good = frame.size() == 1 && value.isIntegralNumber() && value.canConvertToLong();
            return good ? value.longValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private void refuse(Problem problem) {
        if (peer.isOver()) {
            return;
        }
        if (!socket.writeQueueFull()) {
            socket.writeTextMessage(Answers.text(EventRecord.Failure.of(problem)))
                    .onFailure(failure -> LOG.debug("A reader of events went away", failure));
        }
        errors++;
        if (errors >= MAX_ERRORS) {
            peer.sendAway(TOO_MANY_ERRORS, "too many frames that are not understood");
        }
    }
}
