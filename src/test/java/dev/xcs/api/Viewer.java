package dev.xcs.api;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A console viewer from outside; can stop reading, and then its socket's buffers fill up. */
final class Viewer implements WebSocket.Listener {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** What came, in order: text frames as they are, binary ones as {@code #} and their bytes. */
    private final List<String> frames = new CopyOnWriteArrayList<>();

    private final StringBuilder text = new StringBuilder();
    private final boolean reads;
    private volatile int closed = -1;
    final WebSocket socket;

    Viewer(ApiFixture api, boolean reads) {
        this.reads = reads;
        try {
            this.socket = CLIENT.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + api.token)
                    .subprotocols("other", ConsoleDesk.PROTOCOL)
                    .buildAsync(
                            URI.create("ws://localhost:" + api.port + "/v1/domains/" + FakeParts.GUEST + "/console"),
                            this)
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reads) {
            opened.request(1);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            frames.add(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        frames.add("#" + StandardCharsets.ISO_8859_1.decode(data));
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed = code;
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed = 1006;
    }

    void read() {
        socket.request(1);
    }

    /** Everything that was printed to it. */
    String screen() {
        StringBuilder all = new StringBuilder();
        frames.stream().filter(frame -> frame.startsWith("#")).forEach(frame -> all.append(frame, 1, frame.length()));
        return all.toString();
    }

    List<JsonObject> controls() {
        return frames.stream()
                .filter(frame -> frame.startsWith("{"))
                .map(JsonObject::new)
                .toList();
    }

    JsonObject control(String type) {
        ApiFixture.until(
                "a frame of type " + type + " in " + controls(),
                () -> controls().stream().anyMatch(frame -> type.equals(frame.getString("type"))));
        return controls().stream()
                .filter(frame -> type.equals(frame.getString("type")))
                .findFirst()
                .orElseThrow();
    }

    List<String> frames() {
        return frames;
    }

    int closeCode() {
        ApiFixture.until("the websocket is closed", () -> closed >= 0);
        return closed;
    }

    boolean isOpen() {
        return closed < 0;
    }
}
