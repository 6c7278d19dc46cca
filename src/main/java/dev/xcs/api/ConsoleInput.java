package dev.xcs.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a console viewer sends: binary frames are typed, one after the other; text frames are control, of which there is none yet. */
final class ConsoleInput {
    static final int MAX_FRAME_BYTES = 64 * 1024;
    /** Beyond it the decoder ends the connection without a word. */
    static final int MAX_DECODED_BYTES = 1 << 20;

    static final int MAX_TEXT_BYTES = 4 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleInput.class);
    private static final ObjectMapper MAPPER = Json.mapper();
    private static final int MAX_ERRORS = 5;
    private static final short TOO_BIG = 1009;
    private static final short TOO_MANY_ERRORS = 4400;

    private final EventBus bus;
    private final UUID uuid;
    private final Peer peer;
    private final ServerWebSocket socket;
    private Buffer text = Buffer.buffer();
    private boolean inText;
    private int errors;

    ConsoleInput(EventBus bus, UUID uuid, Peer peer) {
        this.bus = bus;
        this.uuid = uuid;
        this.peer = peer;
        this.socket = peer.socket();
    }

    void start() {
        socket.exceptionHandler(failure -> LOG.debug("A console viewer broke the protocol or went away", failure));
        socket.frameHandler(this::received);
    }

    private void received(WebSocketFrame frame) {
        peer.received(frame);
        if (peer.isOver() || frame.isClose() || frame.isPing() || frame.type() == WebSocketFrameType.PONG) {
            return;
        }
        boolean control = frame.isText() || (frame.isContinuation() && inText);
        inText = control && !frame.isFinal();
        if (control) {
            receivedText(frame);
        } else if (frame.binaryData().length() > MAX_FRAME_BYTES) {
            peer.sendAway(TOO_BIG, "a binary frame may have " + MAX_FRAME_BYTES + " bytes");
        } else if (frame.binaryData().length() > 0) {
            type(frame.binaryData());
        }
    }

    /** Nothing more is read from this viewer until its bytes are queued: a flood waits in its own connection. */
    private void type(Buffer bytes) {
        peer.busy();
        TypeConsole.ADDRESS
                .ask(bus, new TypeConsole(uuid, bytes), ConsoleViewer.TIMEOUT)
                .onFailure(failure -> write(ConsoleFrame.refused(ProblemException.of(failure))))
                .onComplete(answered -> peer.ready());
    }

    private void receivedText(WebSocketFrame frame) {
        text.appendBuffer(frame.binaryData());
        if (text.length() > MAX_TEXT_BYTES) {
            peer.sendAway(TOO_BIG, "a text frame may have " + MAX_TEXT_BYTES + " bytes");
        } else if (frame.isFinal()) {
            Buffer complete = text;
            text = Buffer.buffer();
            refuse(complete);
        }
    }

    private void refuse(Buffer control) {
        write(ConsoleFrame.error(complaint(control)));
        errors++;
        if (errors >= MAX_ERRORS) {
            peer.sendAway(TOO_MANY_ERRORS, "too many frames that are not understood");
        }
    }

    private static Problem complaint(Buffer control) {
        try {
            JsonNode type = MAPPER.readTree(control.getBytes()).path("type");
            return type.isTextual()
                    ? Problem.invalidField("type", type.textValue(), "nothing: this version takes no control frames")
                    : malformed(control);
        } catch (IOException e) {
            return malformed(control);
        }
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
