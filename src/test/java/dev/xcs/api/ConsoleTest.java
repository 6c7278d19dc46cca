package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final String CONSOLE = "/v1/domains/" + FakeParts.GUEST + "/console";

    private ApiFixture api;

    @BeforeEach
    void start() {
        api = new ApiFixture();
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Map<String, String> upgrade(String... others) {
        Map<String, String> headers = api.withToken(
                "Connection",
                "Upgrade",
                "Upgrade",
                "websocket",
                "Sec-WebSocket-Version",
                "13",
                "Sec-WebSocket-Key",
                "dGhlIHNhbXBsZSBub25jZQ==");
        headers.putAll(ApiFixture.headers(others));
        return headers;
    }

    private double viewers() {
        return places(api);
    }

    @Test
    void showsTheHistoryAndThenWhatComes() {
        api.parts.print("Linux version 6.1\n");
        Viewer viewer = new Viewer(api, true);
        JsonObject hello = viewer.control("hello");
        api.parts.print("login: ");

        ApiFixture.until("all is shown", () -> viewer.screen().equals("Linux version 6.1\nlogin: "));
        assertThat(viewer.frames().get(0)).startsWith("{");
        assertThat(hello.getString("uuid")).isEqualTo(FakeParts.GUEST.toString());
        assertThat(hello.getInteger("domid")).isEqualTo(3);
        assertThat(hello.getString("name")).isEqualTo("web");
        assertThat(hello.getInteger("boot")).isEqualTo(2);
        assertThat(hello.getLong("first")).isZero();
        assertThat(hello.getLong("next")).isEqualTo(18);
        assertThat(hello.getLong("offset")).isZero();
        assertThat(hello.getString("viewer")).isEqualTo("v1");
        assertThat(hello.getJsonArray("viewers").getJsonObject(0).getString("name"))
                .isEqualTo("admin 1");
        assertThat(hello.getJsonObject("lease"))
                .isEqualTo(new JsonObject()
                        .putNull("holder")
                        .putNull("name")
                        .putNull("expires")
                        .put("idleSeconds", 600));
        assertThat(hello.getJsonArray("boots").getJsonObject(1).getLong("offset"))
                .isEqualTo(10);
        assertThat(hello.getBoolean("viewOnly")).isFalse();
        assertThat(viewer.socket.getSubprotocol()).isEqualTo("xcs.console.v1");
    }

    @Test
    void losesAndDoublesNothingBetweenHistoryAndLive() {
        StringBuilder all = new StringBuilder();
        List<Viewer> viewers = new ArrayList<>();
        for (int line = 0; line < 3000; line++) {
            String text = "line " + line + "\n";
            all.append(text);
            api.parts.print(text);
            if (line % 1000 == 500) {
                viewers.add(new Viewer(api, true));
            }
        }

        for (Viewer viewer : viewers) {
            ApiFixture.until("all is shown", () -> viewer.screen().length() >= all.length());
            assertThat(viewer.screen()).isEqualTo(all.toString());
            assertThat(viewer.controls())
                    .noneMatch(frame -> frame.getString("type").equals("gap"));
        }
    }

    @Test
    void startsAtTheOffsetThatTheHistoryStillHas() {
        String screenful = "0123456789abcdef".repeat(FakeParts.HISTORY / 16 * 2);
        api.parts.print(screenful);
        Viewer viewer = new Viewer(api, true);

        assertThat(viewer.control("hello").getLong("offset")).isEqualTo(FakeParts.HISTORY);
        ApiFixture.until("the history is shown", () -> viewer.screen().length() >= FakeParts.HISTORY);
        assertThat(viewer.screen()).isEqualTo(screenful.substring(FakeParts.HISTORY));
    }

    @Test
    void typesInOrder() {
        Viewer viewer = new Viewer(api, true);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            String text = "echo " + i + "\n";
            all.append(text);
            viewer.type(text);
        }

        ApiFixture.until("all is typed", () -> String.join("", api.parts.typed).length() >= all.length());
        assertThat(String.join("", api.parts.typed)).isEqualTo(all.toString());
    }

    @Test
    void typesWhatComesInFragments() {
        Viewer viewer = new Viewer(api, true);
        viewer.socket.sendBinary(bytes("\0\0\0\0\0\0\0\0una"), false).join();
        viewer.socket.sendBinary(bytes("me -a\n"), true).join();

        ApiFixture.until("all is typed", () -> String.join("", api.parts.typed).equals("uname -a\n"));
    }

    @Test
    void doesNotTypeTheAnswerToAPing() {
        Viewer viewer = new Viewer(api, true);
        viewer.socket.sendPong(bytes("xcs")).join();
        viewer.socket.sendBinary(bytes("y"), true).join();

        ApiFixture.until("what was typed is typed", () -> !api.parts.typed.isEmpty());
        assertThat(api.parts.typed).containsExactly("y");
    }

    @Test
    void saysWhenTypedBytesWereRefused() {
        api.parts.typeRefusal = Problem.of(ProblemType.TOO_MANY, "The guest does not read its console")
                .asRetryable();
        Viewer viewer = new Viewer(api, true);
        viewer.type("abc");
        viewer.type("x");

        assertThat(viewer.control("refused").getJsonObject("problem").getString("detail"))
                .isEqualTo("The guest does not read its console");
        ApiFixture.until("both are refused", () -> offsets(viewer).equals(List.of(0L, 3L)));
        api.parts.typeRefusal = null;
        viewer.type("y");
        ApiFixture.until("later bytes are typed", () -> api.parts.typed.contains("y"));
    }

    private static List<Long> offsets(Viewer viewer) {
        return viewer.controls().stream()
                .filter(frame -> frame.getString("type").equals("refused"))
                .map(frame -> frame.getLong("offset"))
                .toList();
    }

    @Test
    void tellsASlowViewerItsGapAndSlowsNobody() {
        Viewer slow = new Viewer(api, false);
        Viewer quick = new Viewer(api, true);
        quick.control("hello");
        int total = 0;
        String chunk = "0123456789abcdef".repeat(1024);
        // More than the kernel's socket buffers, the write queue and the history together.
        for (int i = 0; i < 1500; i++) {
            api.parts.print(chunk);
            total += chunk.length();
            if (i % 16 == 0) {
                int expected = total;
                ApiFixture.until("the quick one keeps up", () -> received(quick) >= expected);
            }
        }
        int printed = total;
        ApiFixture.until("the quick one has all", () -> received(quick) == printed);
        assertThat(quick.controls()).noneMatch(frame -> frame.getString("type").equals("gap"));

        slow.read();

        ApiFixture.until("the slow one is up to date", () -> accounted(slow) == printed);
        JsonObject gap = slow.control("gap");
        assertThat(gap.getLong("to")).isGreaterThan(gap.getLong("from"));
        api.parts.print("and on");
        ApiFixture.until("the slow one is live again", () -> slow.screen().endsWith("and on"));
    }

    private static long received(Viewer viewer) {
        return viewer.frames().stream()
                .filter(frame -> frame.startsWith("#"))
                .mapToLong(frame -> frame.length() - 1)
                .sum();
    }

    /** The offset that a viewer has got to, checked frame by frame. */
    private static long accounted(Viewer viewer) {
        long next = 0;
        for (String frame : viewer.frames()) {
            if (frame.startsWith("#")) {
                for (int i = 1; i < frame.length(); i += 4096) {
                    assertThat(frame.charAt(i)).isEqualTo("0123456789abcdef".charAt((int) ((next + i - 1) % 16)));
                }
                next += frame.length() - 1;
            } else if (frame.contains("\"gap\"")) {
                JsonObject gap = new JsonObject(frame);
                assertThat(gap.getLong("from")).isEqualTo(next);
                next = gap.getLong("to");
            }
        }
        return next;
    }

    @Test
    void tellsThatTheDomainBootedAnew() {
        Viewer viewer = new Viewer(api, true);
        viewer.control("hello");
        api.parts.reboot(4);
        api.parts.reboot(4);
        api.parts.print("again");

        assertThat(viewer.control("restarted").getInteger("domid")).isEqualTo(4);
        ApiFixture.until("printing goes on", () -> viewer.screen().equals("again"));
        JsonObject restarted = viewer.control("restarted");
        assertThat(restarted.getInteger("boot")).isEqualTo(3);
        assertThat(restarted.getLong("offset")).isZero();
    }

    @Test
    void endsWithTheDomain() {
        Viewer viewer = new Viewer(api, true);
        api.parts.print("last words");
        api.parts.end();

        assertThat(viewer.closeCode()).isEqualTo(1000);
        assertThat(viewer.screen()).isEqualTo("last words");
        viewer.control("end");
        ApiFixture.until("its place is free", () -> viewers() == 0);
    }

    @Test
    void sendsEverybodyAwayWhenItStops() {
        Viewer viewer = new Viewer(api, true);
        viewer.control("hello");

        api.stopApi();

        assertThat(viewer.closeCode()).isEqualTo(1001);
    }

    @Test
    void endsAViewerThatSendsGarbage() {
        Viewer viewer = new Viewer(api, true);
        viewer.socket.sendText("garbage \u0000", true).join();
        assertThat(viewer.control("error").getJsonObject("problem").getString("detail"))
                .contains("garbage \\u0000", "expected a JSON object");
        for (int i = 0; i < 4; i++) {
            viewer.socket.sendText("{\"type\":\"fly\"}", true).join();
        }

        assertThat(viewer.closeCode()).isEqualTo(4400);
        assertThat(viewer.controls())
                .filteredOn(frame -> frame.getString("type").equals("error"))
                .hasSize(5);
    }

    @Test
    void endsAViewerWhoseFramesAreTooBig() {
        Viewer other = new Viewer(api, true);
        Map<String, String> headers = upgrade("Sec-WebSocket-Protocol", "xcs.console.v1");

        assertThat(RawWebSocket.sendFrame(api, headers, 0x82, 70_000)).isEqualTo(1009);
        assertThat(RawWebSocket.sendFrame(api, headers, 0x81, 5_000)).isEqualTo(1009);
        assertThat(RawWebSocket.sendFrame(api, headers, 0x82, 2_000_000)).isEqualTo(RawWebSocket.WITHOUT_A_WORD);

        ApiFixture.until("their places are free", () -> viewers() == 1);
        other.type("still here");
        ApiFixture.until("others are not concerned", () -> api.parts.typed.contains("still here"));
    }

    @Test
    void closesAPeerThatIsDead() throws Exception {
        try (ApiFixture quick = new ApiFixture(Duration.ofMillis(50));
                Socket dead = new Socket(InetAddress.getLoopbackAddress(), quick.port)) {
            Viewer alive = new Viewer(quick, true);
            Map<String, String> headers = upgrade("Sec-WebSocket-Protocol", "xcs.console.v1");
            headers.put("Authorization", "Bearer " + quick.token);
            RawWebSocket.upgrade(dead, headers);

            assertThat(RawWebSocket.closeCode(dead.getInputStream())).isEqualTo(4408);
            assertThat(alive.isOpen()).isTrue();
        }
    }

    @Test
    void cutsAPeerThatPingsAndNeverReads() throws Exception {
        try (ApiFixture quick = new ApiFixture(Duration.ofMillis(500), Duration.ofSeconds(3));
                Socket deaf = new Socket()) {
            Viewer other = new Viewer(quick, true);
            Map<String, String> headers = upgrade("Sec-WebSocket-Protocol", "xcs.console.v1");
            headers.put("Authorization", "Bearer " + quick.token);
            deaf.setReceiveBufferSize(4096);
            deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), quick.port));
            RawWebSocket.upgrade(deaf, headers);

            assertThat(RawWebSocket.pingUntilCut(deaf, 64 << 20)).isLessThan(64L << 20);

            ApiFixture.until("its place is free", () -> places(quick) == 1);
            quick.parts.print("on it goes");
            ApiFixture.until("others go on", () -> other.screen().equals("on it goes"));
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void stopsThoughAPeerNeverReads() throws Exception {
        try (Socket deaf = new Socket()) {
            deaf.setReceiveBufferSize(4096);
            deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port));
            RawWebSocket.upgrade(deaf, upgrade("Sec-WebSocket-Protocol", "xcs.console.v1"));
            for (int i = 0; i < 1500; i++) {
                api.parts.print("0123456789abcdef".repeat(1024));
            }
            api.parts.print("the last");
            Viewer other = new Viewer(api, true);
            ApiFixture.until("all is printed", () -> other.screen().endsWith("the last"));

            api.stopApi();

            assertThat(other.closeCode()).isEqualTo(1001);
        }
    }

    private static double places(ApiFixture fixture) {
        return fixture.meters.get("xcs.console.viewers").gauge().value();
    }

    @Test
    void refusesOneViewerTooManyUntilOneLeaves() {
        List<Viewer> all = new ArrayList<>();
        for (int i = 0; i < ApiFixture.MAX_VIEWERS; i++) {
            all.add(new Viewer(api, true));
        }
        assertThat(viewers()).isEqualTo(ApiFixture.MAX_VIEWERS);

        assertThat(api.send("GET", CONSOLE, "", upgrade("Sec-WebSocket-Protocol", "xcs.console.v1"))
                        .status())
                .isEqualTo(429);

        all.get(0).socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        ApiFixture.until("a place is free", () -> viewers() < ApiFixture.MAX_VIEWERS);
        new Viewer(api, true).control("hello");
    }

    @Test
    void refusesBeforeTheUpgrade() {
        String unknown = CONSOLE.replace("5c1b", "5c1c");
        String[] protocol = {"Sec-WebSocket-Protocol", "xcs.console.v1"};

        assertThat(api.call("GET", CONSOLE).status()).isEqualTo(400);
        assertThat(api.send("GET", CONSOLE, "", upgrade()).status()).isEqualTo(400);
        RawHttp.Response other =
                api.send("GET", CONSOLE, "", upgrade("Sec-WebSocket-Protocol", "chat, xcs.console.v2"));
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.text()).contains("chat, xcs.console.v2", "expected xcs.console.v1");
        assertThat(api.send("GET", unknown, "", upgrade(protocol)).status()).isEqualTo(404);
        Map<String, String> anonymous = upgrade(protocol);
        anonymous.put("Authorization", "");
        assertThat(api.send("GET", CONSOLE, "", anonymous).status()).isEqualTo(401);
        Map<String, String> ancient = upgrade(protocol);
        ancient.put("Sec-WebSocket-Version", "1");
        assertThat(RawHttp.send(api.port, "GET", CONSOLE, ancient, new byte[0]).status())
                .isEqualTo(426);
        ApiFixture.until("no place is taken", () -> viewers() == 0);
        api.stopParts();
        assertThat(api.send("GET", CONSOLE, "", upgrade(protocol)).status()).isEqualTo(503);
        assertThat(viewers()).isZero();
    }
}
