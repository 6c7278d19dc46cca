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
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final List<String> texts = new ArrayList<>();
    private final List<String> breaks = new ArrayList<>();
    private WebSocket socket;
    private long next = -1;
    /** One frame at a time; not the lock that what comes is taken under. */
    private final Object sending = new Object();

    private long typed;
    private boolean toldGap;

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

    /** Asks for the write lease and waits until it is there, taken from whoever has it. */
    public ConsoleViewer takeLease() throws Exception {
        sendText("{\"type\":\"steal-lease\"}");
        awaitControl("\"type\":\"lease\",\"holder\":\"" + id() + "\"", Duration.ofSeconds(30));
        return this;
    }

    /** What it is called by the switch. */
    public String id() throws Exception {
        String hello = awaitControl("\"type\":\"hello\"", Duration.ofSeconds(30));
        return hello.replaceFirst(".*\"viewer\":\"([^\"]*)\".*", "$1");
    }

    /** Types into the guest's console; the lease is its own affair. */
    public void type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(Long.BYTES + bytes.length);
        synchronized (sending) {
            frame.putLong(typed).put(bytes).flip();
            typed += bytes.length;
            socket.sendBinary(frame, true).join();
        }
    }

    /** The offset behind the last byte that came, -1 before the first. */
    public synchronized long next() {
        return next;
    }

    /** Where an offset did not continue the one before though no gap was told. */
    public synchronized List<String> breaks() {
        return List.copyOf(breaks);
    }

    public void sendText(String text) {
        synchronized (sending) {
            socket.sendText(text, true).join();
        }
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

    /** The control frames after the first so many. */
    public synchronized List<String> controlsAfter(int count) {
        return List.copyOf(texts.subList(count, texts.size()));
    }

    public synchronized int controlCount() {
        return texts.size();
    }

    @Override
    public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] frame = new byte[data.remaining()];
        data.get(frame);
        partial.writeBytes(frame);
        if (last) {
            taken(ByteBuffer.wrap(partial.toByteArray()));
            partial.reset();
        }
        from.request(1);
        return null;
    }

    private void taken(ByteBuffer frame) {
        long offset = frame.getLong();
        if (next >= 0 && offset != next && !toldGap) {
            breaks.add("from " + next + " to " + offset);
        }
        toldGap = false;
        byte[] chunk = new byte[frame.remaining()];
        frame.get(chunk);
        bytes.writeBytes(chunk);
        next = offset + chunk.length;
    }

    @Override
    void told(String text) {
        toldGap |= text.contains("\"type\":\"gap\"");
        texts.add(text);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
