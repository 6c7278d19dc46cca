package dev.xcs.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** One reader of events over a websocket; collects all that it is sent. */
public final class EventReader extends WebSocketEnd implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<JsonNode> records = new ArrayList<>();
    private WebSocket socket;
    private volatile long newest;

    private EventReader() {}

    static EventReader open(HttpClient http, URI address, String token) {
        EventReader reader = new EventReader();
        reader.socket = http.newWebSocketBuilder()
                .subprotocols("xcs.events.v1")
                .header("Authorization", "Bearer " + token)
                .connectTimeout(Duration.ofSeconds(30))
                .buildAsync(address, reader)
                .join();
        return reader;
    }

    public void send(String text) {
        socket.sendText(text, true).join();
    }

    public void acknowledge(long sequence) {
        send("{\"acknowledge\":" + sequence + "}");
    }

    public synchronized List<JsonNode> records() {
        return List.copyOf(records);
    }

    public List<JsonNode> records(String kind) {
        return records().stream()
                .filter(record -> record.path("record").asText().equals(kind))
                .toList();
    }

    public List<JsonNode> messages() {
        return records("message").stream().map(record -> record.path("message")).toList();
    }

    public List<Long> sequences() {
        return messages().stream()
                .map(message -> message.path("sequence").asLong())
                .toList();
    }

    /** The newest sequence number so far; costs nothing to look at. */
    public long last() {
        return newest;
    }

    /** Waits for a message that is wanted. */
    public JsonNode await(String what, Predicate<JsonNode> wanted) throws Exception {
        Await.until(what, Duration.ofSeconds(20), () -> messages().stream().anyMatch(wanted));
        return messages().stream().filter(wanted).findFirst().orElseThrow();
    }

    public JsonNode awaitRecord(String kind) throws Exception {
        Await.until(
                "a record " + kind, Duration.ofSeconds(20), () -> !records(kind).isEmpty());
        return records(kind).get(0);
    }

    @Override
    void told(String text) {
        try {
            JsonNode record = JSON.readTree(text);
            records.add(record);
            newest = Math.max(newest, record.path("message").path("sequence").asLong());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** Drops the connection without a word. */
    @Override
    public void close() {
        socket.abort();
    }
}
