package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static ApiFixture api;

    @BeforeAll
    static void start() {
        api = new ApiFixture();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void reset() {
        api.parts.reset();
    }

    private static int status(String method, String path, String... headers) {
        return api.send(method, path, "", ApiFixture.headers(headers)).status();
    }

    /** A browser that has opened a login link; its cookie as it sends it. */
    private static String logIn() {
        JsonObject link = new JsonObject(api.call("POST", "/v1/login-links").text());
        String path = link.getString("url").substring(("http://localhost:" + api.port).length());
        RawHttp.Response response = api.send("GET", path, "", ApiFixture.headers());
        assertThat(response.status()).isEqualTo(303);
        assertThat(response.header("Location")).isEqualTo("/");
        assertThat(response.header("Set-Cookie"))
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict", "Path=/", "Max-Age=43200");
        return response.header("Set-Cookie").split(";")[0];
    }

    @Test
    void refusesTwoHostHeaders() {
        String request = "GET /v1/host HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nAuthorization: Bearer "
                + api.token + "\r\n\r\n";
        RawHttp.Response response = RawHttp.send(api.port, request.getBytes(StandardCharsets.US_ASCII));
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.text()).contains("Host: 2 of them");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     /v1/host",
        "GET,     /v1/domains",
        "POST,    /v1/domains",
        "GET,     /v1/domains/5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11",
        "HEAD,    /v1/domains/5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11",
        "DELETE,  /v1/domains/5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11",
        "PUT,     /v1/domains/5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11/state",
        "GET,     /v1/domains/5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11/console",
        "POST,    /v1/login-links",
        "OPTIONS, /v1/domains",
        "GET,     /v1/nonsense",
        "GET,     //v1/domains",
        "GET,     /x/../v1/domains",
        "GET,     /%76%31/domains",
    })
    void asksForTheTokenEverywhere(String method, String path) {
        RawHttp.Response response = api.send(method, path, "", ApiFixture.headers());

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"xcs\"");
        assertThat(api.parts.domains).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer ", "Bearer x", "Basic eDp5", "x", "Bearer é"})
    void refusesAnotherToken(String authorization) {
        assertThat(status("GET", "/v1/host", "Authorization", authorization)).isIn(401, 429);
    }

    @Test
    void refusesATokenThatDiffersInOneCharacterOrInCase() {
        String flipped = (api.token.charAt(0) == 'A' ? "B" : "A") + api.token.substring(1);

        assertThat(status("GET", "/v1/host", "Authorization", "Bearer " + flipped))
                .isIn(401, 429);
        assertThat(status("GET", "/v1/host", "Authorization", "Bearer " + api.token + "x"))
                .isIn(401, 429);
        assertThat(status("GET", "/v1/host", "Authorization", "bearer " + api.token))
                .isEqualTo(200);
    }

    @Test
    void slowsGuessingDownButNeverTheRightToken() {
        RawHttp.Response last = null;
        for (int i = 0; i <= FailureWindow.ALLOWED; i++) {
            last = api.send("GET", "/v1/host", "", ApiFixture.headers("Authorization", "Bearer guess" + i));
        }

        assertThat(last.status()).isEqualTo(429);
        assertThat(last.header("Retry-After")).isEqualTo("10");
        assertThat(api.call("GET", "/v1/host").status()).isEqualTo(200);
        assertThat(api.meters.get("xcs.api.authentication.failures").counter().count())
                .isGreaterThanOrEqualTo(FailureWindow.ALLOWED);
    }

    @Test
    void letsABrowserInOnceByALoginLink() {
        String cookie = logIn();

        assertThat(status("GET", "/v1/domains", "Cookie", cookie)).isEqualTo(200);
        assertThat(status("GET", "/v1/domains", "Cookie", "other=1; " + cookie)).isEqualTo(200);
        assertThat(status("GET", "/v1/domains", "Cookie", cookie + "x")).isIn(401, 429);
    }

    @Test
    void takesATicketOnlyOnce() {
        String url = new JsonObject(api.call("POST", "/v1/login-links").text()).getString("url");
        String path = url.substring(url.indexOf("/login"));

        assertThat(status("HEAD", path)).isEqualTo(404);
        assertThat(status("GET", path)).isEqualTo(303);
        assertThat(status("GET", path)).isIn(401, 429);
        assertThat(status("GET", "/login")).isIn(401, 429);
        assertThat(status("GET", "/login?ticket=")).isIn(401, 429);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:PORT,       204",
        "https://localhost:PORT,      204",
        "http://LOCALHOST:PORT,       204",
        "'',                          403",
        "http://evil.example,         403",
        "http://localhost,            403",
        "http://localhost:1,          403",
        "http://localhost:PORT.evil,  403",
        "null,                        403",
    })
    void wantsItsOwnOriginForAChangeByCookie(String origin, int status) {
        String cookie = logIn();
        String sent = origin.replace("PORT", "" + api.port);

        assertThat(status("DELETE", "/v1/domains/" + FakeParts.GUEST, "Cookie", cookie, "Origin", sent))
                .isEqualTo(status);
        assertThat(api.parts.domains.containsKey(FakeParts.GUEST)).isEqualTo(status == 403);
    }

    @Test
    void refusesAForeignOriginEvenWithTheToken() {
        Map<String, String> headers = api.withToken("Origin", "http://evil.example");

        assertThat(api.send("DELETE", "/v1/domains/" + FakeParts.GUEST, "", headers)
                        .status())
                .isEqualTo(403);
        assertThat(api.send("GET", "/v1/domains", "", headers).header("Access-Control-Allow-Origin"))
                .isNull();
    }

    @Test
    void refusesAForeignWebsocketByCookie() {
        String path = "/v1/domains/" + FakeParts.GUEST + "/console";
        String cookie = logIn();
        String[] upgrade = {
            "Cookie",
            cookie,
            "Connection",
            "Upgrade",
            "Upgrade",
            "websocket",
            "Sec-WebSocket-Version",
            "13",
            "Sec-WebSocket-Key",
            "dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol",
            "xcs.console.v1"
        };

        assertThat(status("GET", path, upgrade)).isEqualTo(403);
        Map<String, String> foreign = ApiFixture.headers(upgrade);
        foreign.put("Origin", "http://evil.example");
        assertThat(api.send("GET", path, "", foreign).status()).isEqualTo(403);
        Map<String, String> own = ApiFixture.headers(upgrade);
        own.put("Origin", "http://localhost:" + api.port);
        RawHttp.Response admitted = RawHttp.send(api.port, "GET", path, own, new byte[0]);
        assertThat(admitted.status()).isEqualTo(101);
        assertThat(admitted.header("Sec-WebSocket-Protocol")).isEqualTo("xcs.console.v1");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,             200",
        "127.0.0.1:18080,       200",
        "[::1]:8080,            200",
        "LocalHost:1,           200",
        "xen.example,           200",
        "xen.example:8080,      200",
        "evil.example,          403",
        "localhost.evil.example,403",
        "127.0.0.1.nip.example, 403",
        "localhost:80@evil,     400",
        "'',                    400",
    })
    void acceptsOnlyItsOwnNames(String host, int status) {
        assertThat(api.send("GET", "/v1/host", "", api.withToken("Host", host)).status())
                .isEqualTo(status);
        assertThat(RawHttp.send(api.port, "GET", "/", ApiFixture.headers("Host", host), new byte[0])
                        .status())
                .isEqualTo(status);
    }

    @Test
    void makesLinksUnderTheNameItWasReachedBy() {
        RawHttp.Response response = api.send("POST", "/v1/login-links", "", api.withToken("Host", "127.0.0.1:18080"));

        assertThat(response.status()).isEqualTo(201);
        assertThat(new JsonObject(response.text()).getString("url")).startsWith("http://127.0.0.1:18080/login?ticket=");
    }
}
