package dev.xcs.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A reader of events over a websocket that keeps none: each record goes to its taker, one at a time, until it is closed. With a thread and
 * a socket of its own: hundreds of them are to cost less than the daemon that they read from.
 */
public final class SequenceReader implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MESSAGE = "{\"record\":\"message\",\"message\":{\"sequence\":";

    /** Takes the records, which are messages or something said about the stream. */
    public interface Taker {
        void message(long sequence, String record);

        void other(JsonNode record);

        /** The connection is gone, and the reader did not close it. */
        void gone(String why);
    }

    private final Taker taker;
    private final EventSocket socket;
    private boolean closed;

    private SequenceReader(Taker taker, EventSocket socket) {
        this.taker = taker;
        this.socket = socket;
    }

    public static SequenceReader open(URI api, String path, String token, Taker taker) throws IOException {
        SequenceReader reader = new SequenceReader(taker, new EventSocket(api, path, token));
        Thread thread = new Thread(reader::run, "reader");
        thread.setDaemon(true);
        thread.start();
        return reader;
    }

    private void run() {
        try {
            boolean more = true;
            while (more) {
                more = take(new String(socket.next(), StandardCharsets.UTF_8));
            }
        } catch (IOException | RuntimeException failure) {
            end(failure);
        }
    }

    private synchronized boolean take(String record) throws IOException {
        if (!closed) {
            take(record, taker);
        }
        return !closed;
    }

    private synchronized void end(Exception failure) {
        if (!closed) {
            taker.gone(failure.toString());
        }
    }

    /** Hands a record's text over as what it is. */
    public static void take(String record, Taker taker) throws IOException {
        if (record.startsWith(MESSAGE)) {
            int end = MESSAGE.length();
            while (Character.isDigit(record.charAt(end))) {
                end++;
            }
            taker.message(Long.parseLong(record, MESSAGE.length(), end, 10), record);
            return;
        }
        JsonNode node = JSON.readTree(record);
        if (node.path("record").asText().equals("message")) {
            taker.message(node.path("message").path("sequence").asLong(), record);
        } else {
            taker.other(node);
        }
    }

    /** Drops the connection without a word; nothing is taken after it. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
        }
        socket.close();
    }
}
