package dev.xcs.testing;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One viewer of a console over the websocket; collects all that it is sent. */
public final class ConsoleViewer extends WebSocketEnd implements AutoCloseable {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> texts = new ArrayList<>();
    private WebSocket socket;

    private ConsoleViewer() {}

    static ConsoleViewer open(HttpClient http, URI address, String token) {
        ConsoleViewer viewer = new ConsoleViewer();
        viewer.socket = http.newWebSocketBuilder()
                .subprotocols("xcs.console.v1")
                .header("Authorization", "Bearer " + token)
                .connectTimeout(Duration.ofSeconds(30))
                .buildAsync(address, viewer)
                .join();
        return viewer;
    }

    /** Types into the guest's console. */
    public void type(String text) {
        socket.sendBinary(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true)
                .join();
    }

    public void sendText(String text) {
        socket.sendText(text, true).join();
    }

    /** Waits until the console has shown the text and gives everything up to now. */
    public String awaitText(String text, Duration atMost) throws Exception {
        try {
            Await.until("console shows " + text, atMost, () -> shown().contains(text));
        } catch (AssertionError failure) {
            throw new AssertionError(failure.getMessage() + "; it showed:\n" + shown(), failure);
        }
        return shown();
    }

    /** Waits for a control frame that contains the text. */
    public String awaitControl(String text, Duration atMost) throws Exception {
        Await.until(
                "control frame with " + text, atMost, () -> controls().stream().anyMatch(t -> t.contains(text)));
        return controls().stream().filter(t -> t.contains(text)).findFirst().orElseThrow();
    }

    public synchronized String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public synchronized byte[] bytes() {
        return bytes.toByteArray();
    }

    public synchronized List<String> controls() {
        return List.copyOf(texts);
    }

    @Override
    public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] chunk = new byte[data.remaining()];
        data.get(chunk);
        bytes.writeBytes(chunk);
        from.request(1);
        return null;
    }

    @Override
    void told(String text) {
        texts.add(text);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
