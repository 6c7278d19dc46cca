package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Displays of HVM guests as websockets; a server that greets and echoes stands in for QEMU. */
class DisplayTest {
    private static final String PATH = "/v1/domains/" + FakeParts.GUEST + "/display";

    private final ApiFixture api = new ApiFixture();
    private final Vertx qemu = Vertx.vertx();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicInteger open = new AtomicInteger();

    @TempDir
    Path directory;

    @BeforeEach
    void serve() {
        api.parts.display = directory.resolve("vnc").toString();
        ApiFixture.await(qemu.createNetServer()
                .connectHandler(this::greet)
                .listen(SocketAddress.domainSocketAddress(api.parts.display)));
    }

    private void greet(NetSocket viewer) {
        open.incrementAndGet();
        viewer.closeHandler(closed -> open.decrementAndGet());
        viewer.write("RFB 003.008\n");
        viewer.handler(bytes -> {
            if (bytes.toString().equals("bye")) {
                viewer.close();
            } else {
                viewer.write(bytes);
            }
        });
    }

    @AfterEach
    void close() {
        api.close();
        ApiFixture.await(qemu.close());
    }

    /** Collects what it is sent. */
    private static final class Screen implements WebSocket.Listener {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private volatile int closed = -1;

        synchronized byte[] shown() {
            return bytes.toByteArray();
        }

        @Override
        public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            byte[] copy = new byte[data.remaining()];
            data.get(copy);
            bytes.writeBytes(copy);
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed = code;
            return null;
        }
    }

    private WebSocket look(Screen screen) {
        return http.newWebSocketBuilder()
                .subprotocols("binary")
                .header("Authorization", "Bearer " + api.token)
                .buildAsync(URI.create("ws://127.0.0.1:" + api.port + PATH), screen)
                .join();
    }

    @Test
    void carriesBytesBothWays() {
        Screen screen = new Screen();
        WebSocket socket = look(screen);
        byte[] typed = new byte[200_000];
        new Random(7).nextBytes(typed);
        for (int at = 0; at < typed.length; at += 20_000) {
            socket.sendBinary(ByteBuffer.wrap(typed, at, 20_000), true).join();
        }

        Buffer expected = Buffer.buffer("RFB 003.008\n").appendBytes(typed);
        ApiFixture.until("all is echoed", () -> screen.shown().length >= expected.length());
        assertThat(screen.shown()).isEqualTo(expected.getBytes());
    }

    @Test
    void closesTheDisplayWithItsViewer() {
        WebSocket socket = look(new Screen());
        ApiFixture.until("it is connected", () -> open.get() == 1);

        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();

        ApiFixture.until("it is let go", () -> open.get() == 0);
    }

    @Test
    void closesTheViewerWithItsDisplay() {
        Screen screen = new Screen();
        WebSocket socket = look(screen);

        socket.sendBinary(ByteBuffer.wrap("bye".getBytes(StandardCharsets.US_ASCII)), true)
                .join();

        ApiFixture.until("the websocket is closed", () -> screen.closed >= 0);
    }

    @Test
    void sendsViewersAwayWhenTheDaemonStops() {
        Screen screen = new Screen();
        look(screen);

        api.stopApi();

        ApiFixture.until("the websocket is closed", () -> screen.closed == 1001);
    }

    @Test
    void refusesBeforeTheUpgrade() {
        assertThat(api.call("GET", PATH).status()).isEqualTo(400);
        String[] upgrade = {
            "Upgrade",
            "websocket",
            "Connection",
            "Upgrade",
            "Sec-WebSocket-Version",
            "13",
            "Sec-WebSocket-Key",
            "eGNzIGNvbnNvbGUgdmlldw==",
            "Sec-WebSocket-Protocol",
            "binary"
        };
        api.parts.display = null;
        assertThat(api.call("GET", PATH, upgrade).status()).isEqualTo(409);
        api.parts.display = directory.resolve("nobody-listens").toString();
        assertThat(api.call("GET", PATH, upgrade).status()).isEqualTo(503);
    }
}
