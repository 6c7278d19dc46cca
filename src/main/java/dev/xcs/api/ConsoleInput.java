package dev.xcs.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import dev.xcs.message.Done;
import dev.xcs.message.ReleaseLease;
import dev.xcs.message.ResizeConsole;
import dev.xcs.message.TakeLease;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.io.IOException;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a console viewer sends: binary frames are typed, text frames ask for something; one after the other. */
final class ConsoleInput {
    static final int MAX_FRAME_BYTES = 64 * 1024;
    /** Beyond it the decoder ends the connection without a word. */
    static final int MAX_DECODED_BYTES = 1 << 20;

    static final int MAX_TEXT_BYTES = 4 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleInput.class);
    private static final ObjectMapper MAPPER = Json.mapper();
    private static final int HEADER_BYTES = Long.BYTES;
    private static final int MAX_COLUMNS = 10_000;
    private static final int MAX_ERRORS = 5;
    private static final short TOO_BIG = 1009;
    private static final short TOO_MANY_ERRORS = 4400;
    private static final String KINDS = "one of request-lease, steal-lease, release-lease, resize";

    private final EventBus bus;
    private final UUID uuid;
    private final String viewer;
    private final ConsoleRoom room;
    private final Peer peer;
    private final ServerWebSocket socket;
    private Buffer text = Buffer.buffer();
    private boolean inText;
    /** The viewer's own count of what it typed. */
    private long typed;

    private int errors;
    private long lastAct = System.nanoTime();

    ConsoleInput(EventBus bus, UUID uuid, String viewer, ConsoleRoom room, Peer peer) {
        this.bus = bus;
        this.uuid = uuid;
        this.viewer = viewer;
        this.room = room;
        this.peer = peer;
        this.socket = peer.socket();
    }

    void start() {
        socket.exceptionHandler(failure -> LOG.debug("A console viewer broke the protocol or went away", failure));
        socket.frameHandler(this::received);
    }

    /** How long it has said nothing of its own accord. */
    long idleNanos() {
        return System.nanoTime() - lastAct;
    }

    private void received(WebSocketFrame frame) {
        peer.received(frame);
        // Pings and their answers come here too.
        boolean data = frame.isText() || frame.isBinary() || frame.isContinuation();
        if (peer.isOver() || !data) {
            return;
        }
        lastAct = System.nanoTime();
        boolean control = frame.isText() || (frame.isContinuation() && inText);
        inText = control && !frame.isFinal();
        if (control) {
            receivedText(frame);
        } else if (frame.binaryData().length() > MAX_FRAME_BYTES + HEADER_BYTES) {
            peer.sendAway(TOO_BIG, "a binary frame may have " + MAX_FRAME_BYTES + " typed bytes");
        } else if (frame.isContinuation()) {
            type(frame.binaryData());
        } else if (frame.binaryData().length() < HEADER_BYTES) {
            complain(Problem.of(
                    ProblemType.MALFORMED,
                    "Binary frame: " + frame.binaryData().length()
                            + " bytes, expected 8 with the count of bytes typed before, and then those that"
                            + " are typed"));
        } else {
            typed = frame.binaryData().getLong(0);
            type(frame.binaryData().slice(HEADER_BYTES, frame.binaryData().length()));
        }
    }

    private void type(Buffer bytes) {
        long offset = typed;
        typed += bytes.length();
        if (bytes.length() > 0) {
            ask(
                    TypeConsole.ADDRESS.ask(bus, new TypeConsole(uuid, viewer, bytes), ConsoleViewer.TIMEOUT),
                    problem -> ConsoleText.refused(offset, problem, room.lease()));
        }
    }

    /** Nothing more is read from this viewer until it is answered: a flood waits in its own connection. */
    private void ask(Future<Done> asked, Function<Problem, String> refusal) {
        peer.busy();
        asked.onFailure(failure -> write(refusal.apply(ProblemException.of(failure))))
                .onComplete(answered -> peer.ready());
    }

    private void receivedText(WebSocketFrame frame) {
        text.appendBuffer(frame.binaryData());
        if (text.length() > MAX_TEXT_BYTES) {
            peer.sendAway(TOO_BIG, "a text frame may have " + MAX_TEXT_BYTES + " bytes");
        } else if (frame.isFinal()) {
            Buffer complete = text;
            text = Buffer.buffer();
            control(complete);
        }
    }

    private void control(Buffer complete) {
        try {
            JsonNode frame = MAPPER.readTree(complete.getBytes());
            switch (frame.path("type").asText()) {
                case "request-lease" -> take(false);
                case "steal-lease" -> take(true);
                case "release-lease" ->
                    ask(
                            ReleaseLease.ADDRESS.ask(bus, new ReleaseLease(uuid, viewer), ConsoleViewer.TIMEOUT),
                            ConsoleText::error);
                case "resize" -> resize(frame);
                default -> complain(complaint(frame, complete));
            }
        } catch (IOException e) {
            complain(malformed(complete));
        }
    }

    private void take(boolean steal) {
        ask(
                TakeLease.ADDRESS.ask(bus, new TakeLease(uuid, viewer, steal), ConsoleViewer.TIMEOUT),
                problem -> ConsoleText.leaseRefused(problem, room.lease()));
    }

    private void resize(JsonNode frame) {
        int columns = frame.path("columns").asInt();
        int rows = frame.path("rows").asInt();
        if (columns < 1 || columns > MAX_COLUMNS || rows < 1 || rows > MAX_COLUMNS) {
            complain(Problem.invalidField(
                    "columns", columns + " x " + rows, "columns and rows, each from 1 to " + MAX_COLUMNS));
            return;
        }
        ask(
                ResizeConsole.ADDRESS.ask(bus, new ResizeConsole(uuid, viewer, columns, rows), ConsoleViewer.TIMEOUT),
                ConsoleText::error);
    }

    private void complain(Problem problem) {
        write(ConsoleText.error(problem));
        errors++;
        if (errors >= MAX_ERRORS) {
            peer.sendAway(TOO_MANY_ERRORS, "too many frames that are not understood");
        }
    }

    private static Problem complaint(JsonNode frame, Buffer control) {
        JsonNode type = frame.path("type");
        return type.isTextual() ? Problem.invalidField("type", type.textValue(), KINDS) : malformed(control);
    }

    private static Problem malformed(Buffer control) {
        return Problem.of(
                ProblemType.MALFORMED,
                "Text frame: " + Problem.quote(control.toString()) + ", expected a JSON object with a type;"
                        + " what is typed goes into binary frames");
    }

    private void write(String frame) {
        if (!peer.isOver() && !socket.writeQueueFull()) {
            socket.writeTextMessage(frame).onFailure(failure -> LOG.debug("A console viewer went away", failure));
        }
    }
}
