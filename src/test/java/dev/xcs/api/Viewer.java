package dev.xcs.api;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
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

    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private final boolean reads;
    private volatile int closed = -1;
    final WebSocket socket;

    /** The offset behind the last byte that came, and how many bytes were typed. */
    private volatile long next = -1;

    private long typed;

    Viewer(ApiFixture api, boolean reads) {
        this(api, reads, "");
    }

    /** @param query with its question mark */
    Viewer(ApiFixture api, boolean reads, String query) {
        this.reads = reads;
        try {
            this.socket = CLIENT.newWebSocketBuilder()
                    .header("Authorization", "Bearer " + api.token)
                    .subprotocols("other", ConsoleDesk.PROTOCOL)
                    .buildAsync(
                            URI.create("ws://localhost:" + api.port + "/v1/domains/" + FakeParts.GUEST + "/console"
                                    + query),
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
        byte[] piece = new byte[data.remaining()];
        data.get(piece);
        partial.writeBytes(piece);
        if (last) {
            taken(ByteBuffer.wrap(partial.toByteArray()));
            partial.reset();
        }
        from.request(1);
        return null;
    }

    private void taken(ByteBuffer frame) {
        long offset = frame.getLong();
        if (next >= 0 && offset < next) {
            throw new AssertionError("Bytes from " + offset + " after those before " + next);
        }
        next = offset + frame.remaining();
        frames.add("#" + StandardCharsets.ISO_8859_1.decode(frame));
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

    /** Types as a client does: its own count of bytes first. */
    synchronized void type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer frame = ByteBuffer.allocate(Long.BYTES + bytes.length);
        frame.putLong(typed).put(bytes).flip();
        typed += bytes.length;
        socket.sendBinary(frame, true).join();
    }

    void say(String frame) {
        socket.sendText(frame, true).join();
    }

    /** The offset behind the last byte that came. */
    long next() {
        return next;
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
