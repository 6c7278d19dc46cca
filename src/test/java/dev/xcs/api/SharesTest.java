package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.message.RouteControl;
import dev.xcs.model.ConsoleShare;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.testing.BusFixture;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links to one console: what they open, and above all what they do not. */
class SharesTest {
    private static final String GUEST = "/v1/domains/" + FakeParts.GUEST;
    private static final String SHARES = GUEST + "/console/shares";
    private static final UUID OTHER = UUID.fromString("5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f12");

    @TempDir
    Path dir;

    private ApiFixture api;
    private final List<RouteControl> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        api = new ApiFixture();
        api.parts.put(new Domain(OTHER, "db", 4, DomainState.RUNNING, DomainType.PV, 128, 1, 0, true));
        ApiFixture.await(
                RouteControl.ADDRESS.listen(api.vertx.eventBus(), told::add).completion());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private JsonObject issue(JsonObject wish) {
        RawHttp.Response issued = api.call("POST", SHARES, wish);
        assertThat(issued.status()).as(issued.text()).isEqualTo(201);
        return new JsonObject(issued.text());
    }

    private static String token(JsonObject issued) {
        return issued.getString("url").replaceFirst(".*#", "");
    }

    private RawHttp.Response use(String token) {
        return api.send(
                "POST",
                "/v1/share-sessions",
                new JsonObject().put("token", token).encode(),
                Map.of());
    }

    private String cookie(String token) {
        RawHttp.Response used = use(token);
        assertThat(used.status()).as(used.text()).isEqualTo(201);
        String cookie = used.headers().get("set-cookie");
        assertThat(cookie).contains("Path=" + GUEST + "/console", "HTTPOnly", "SameSite=Strict", "Max-Age=");
        return cookie.replaceFirst(";.*", "");
    }

    private int status(String method, String path, String cookie) {
        return api.send(method, path, "", Map.of("Cookie", cookie, "Origin", "http://localhost:" + api.port))
                .status();
    }

    private List<ControlSubtype> toldOf() {
        return told.stream().map(one -> one.message().subtype()).toList();
    }

    @Test
    void opensOneConsoleToLookAtAndNothingElse() {
        api.parts.print("boot");
        JsonObject issued = issue(new JsonObject());
        assertThat(issued.getString("right")).isEqualTo("view");
        assertThat(issued.getString("url")).startsWith("http://localhost:" + api.port + "/share#");
        String cookie = cookie(token(issued));

        assertThat(status("GET", GUEST + "/console/state", cookie)).isEqualTo(200);
        assertThat(status("HEAD", GUEST + "/console/log", cookie)).isEqualTo(200);
        for (String closed : List.of(
                "GET /v1/host",
                "GET /v1/domains",
                "GET " + GUEST,
                "PUT " + GUEST + "/state",
                "DELETE " + GUEST,
                "GET " + SHARES,
                "POST " + SHARES,
                "GET /v1/domains/" + OTHER + "/console/state",
                "GET /v1/domains/" + OTHER + "/console/log",
                "GET /v1/domains/name:web/console/state",
                "GET " + GUEST + "/console/state/../../../" + OTHER + "/console/state",
                "GET /v1/events",
                "POST /v1/login-links")) {
            String[] line = closed.split(" ");
            assertThat(status(line[0], line[1], cookie)).as(closed).isEqualTo(401);
        }
        ApiFixture.until(
                "it is told",
                () -> toldOf().equals(List.of(ControlSubtype.CONSOLE_SHARE_ISSUED, ControlSubtype.CONSOLE_SHARE_USED)));
        assertThat(told.get(1).message().payload())
                .isEqualTo(new ControlPayload.Share(issued.getString("id"), "view", 0, null));
    }

    /** A browser's websocket: with its cookie and its origin. */
    private final class Guest implements WebSocket.Listener {
        private volatile int closed = -1;
        private final List<String> texts = new CopyOnWriteArrayList<>();
        private final WebSocket socket;

        Guest(String cookie) {
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Cookie", cookie)
                    .header("Origin", "http://localhost:" + api.port)
                    .subprotocols(ConsoleDesk.PROTOCOL)
                    .buildAsync(URI.create("ws://localhost:" + api.port + GUEST + "/console"), this)
                    .join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            texts.add(data.toString());
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed = code;
            return null;
        }
    }

    @Test
    void whoCameByALinkIsSentAwayWhenItIsRevoked() {
        JsonObject issued = issue(new JsonObject().put("right", "view").put("uses", 5));
        String cookie = cookie(token(issued));
        Guest guest = new Guest(cookie);
        ApiFixture.until("it looks", () -> guest.texts.stream().anyMatch(text -> text.contains("\"viewOnly\":true")));
        assertThat(api.parts.joins.get(0).viewOnly()).isTrue();
        assertThat(api.parts.joins.get(0).login()).isEqualTo("guest");

        assertThat(api.call("DELETE", SHARES + "/" + issued.getString("id")).status())
                .isEqualTo(204);

        ApiFixture.until("it is sent away", () -> guest.closed == 4403);
        assertThat(status("GET", GUEST + "/console/state", cookie)).isEqualTo(401);
        assertThat(use(token(issued)).status()).isEqualTo(403);
        assertThat(api.call("GET", SHARES).text()).contains("\"revoked\":true").doesNotContain(token(issued));
        ApiFixture.until("it is told", () -> toldOf().contains(ControlSubtype.CONSOLE_SHARE_REVOKED));
        assertThat(told.get(told.size() - 1).message().payload())
                .isEqualTo(new ControlPayload.Share(issued.getString("id"), "view", 4, "revoked"));
    }

    @Test
    void aLinkIsUsedAsOftenAsItMay() {
        JsonObject issued = issue(new JsonObject().put("uses", 2).put("right", "write"));
        cookie(token(issued));
        cookie(token(issued));

        RawHttp.Response third = use(token(issued));

        assertThat(third.status()).isEqualTo(403);
        assertThat(third.text()).contains("used up");
        assertThat(toldOf().get(toldOf().size() - 1)).isEqualTo(ControlSubtype.CONSOLE_SHARE_REFUSED);
    }

    @Test
    void whatIsForgedOrOfAnotherOpensNothing() {
        String good = token(issue(new JsonObject()));
        String other = ShareKey.id(token(issue(new JsonObject())));
        char last = good.charAt(good.length() - 2);
        String bent =
                good.substring(0, good.length() - 2) + (last == 'A' ? 'B' : 'A') + good.substring(good.length() - 1);

        for (String forged : List.of(bent, other + good.substring(good.indexOf('.')), ShareKey.id(good), ".", "x.y")) {
            assertThat(use(forged).status()).as(forged).isEqualTo(403);
            String cookie = cookieName() + "=" + forged;
            assertThat(status("GET", GUEST + "/console/state", cookie))
                    .as(forged)
                    .isEqualTo(401);
        }
        // The link itself is no cookie: its uses are to be counted.
        assertThat(status("GET", GUEST + "/console/state", cookieName() + "=" + good))
                .isEqualTo(401);
        assertThat(use(good).status()).isEqualTo(201);
    }

    private String cookieName() {
        return AdminToken.loadOrCreate(api.stateDir).cookieName() + "_share";
    }

    @Test
    void guessingIsSlowedDown() {
        int guesses = 0;
        int answer = 403;
        // The window moves on: on a slow machine it takes more of them.
        while (answer == 403 && guesses < 50 * FailureWindow.ALLOWED) {
            answer = use("guess." + guesses).status();
            guesses++;
        }

        assertThat(answer).isEqualTo(429);
        assertThat(guesses).isGreaterThan(FailureWindow.ALLOWED);
    }

    @Test
    void namesWhatIsWrongWithAWish() {
        RawHttp.Response refused = api.call(
                "POST",
                SHARES,
                new JsonObject().put("right", "all").put("uses", 0).put("expiresSeconds", 5));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("right", "uses", "expiresSeconds");
        assertThat(api.call("DELETE", SHARES + "/none").status()).isEqualTo(404);
        assertThat(api.call("POST", SHARES.replace("5c1b", "5c1c"), new JsonObject())
                        .status())
                .isEqualTo(404);
        assertThat(api.call("POST", "/v1/domains/" + new UUID(0, 0) + "/console/shares", new JsonObject())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void whatWasUsedAndRevokedStaysSoOverARestart() {
        try (BusFixture on = new BusFixture()) {
            ShareDesk desk = open(on);
            ConsoleShare once = ShareDesk.make(FakeParts.GUEST, true, 1, Duration.ofHours(1));
            ConsoleShare taken = ShareDesk.make(FakeParts.GUEST, false, 9, Duration.ofHours(1));
            ConsoleShare open = ShareDesk.make(FakeParts.GUEST, false, 9, Duration.ofHours(1));
            ConsoleShare over = ShareDesk.make(FakeParts.GUEST, false, 9, Duration.ofSeconds(-1));
            String onceToken = ApiFixture.await(desk.issue(once));
            String takenToken = ApiFixture.await(desk.issue(taken));
            String openToken = ApiFixture.await(desk.issue(open));
            String overToken = ApiFixture.await(desk.issue(over));
            String session = desk.cookie(ApiFixture.await(desk.redeem(onceToken)));
            ApiFixture.await(desk.revoke(FakeParts.GUEST, taken.id()));
            ApiFixture.await(desk.close());

            ShareDesk later = open(on);

            assertThat(later.session(session))
                    .hasValueSatisfying(share -> assertThat(share.writes()).isTrue());
            assertThatThrownBy(() -> BusFixture.await(later.redeem(onceToken))).hasMessageContaining("used up");
            assertThatThrownBy(() -> BusFixture.await(later.redeem(takenToken))).hasMessageContaining("revoked");
            assertThatThrownBy(() -> BusFixture.await(later.redeem(overToken))).hasMessageContaining("expired");
            assertThat(BusFixture.await(later.redeem(openToken)).used()).isEqualTo(1);
            assertThat(later.of(OTHER)).isEmpty();
        }
    }

    private ShareDesk open(BusFixture on) {
        Duration long1 = Duration.ofHours(1);
        ConsoleDesk consoles = new ConsoleDesk(on.vertx(), 1, long1, long1, on.metrics());
        return ApiFixture.await(ShareDesk.open(on.vertx(), dir, consoles));
    }
}
