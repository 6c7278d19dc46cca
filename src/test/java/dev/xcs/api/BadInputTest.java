package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent: one clear problem, nothing reaches the domains, and the next request is answered. */
class BadInputTest {
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

    @AfterEach
    void nothingWasMadeAndTheDaemonGoesOn() {
        assertThat(api.parts.created).isEmpty();
        assertThat(api.parts.changes).isEmpty();
        assertThat(api.call("GET", "/v1/domains").status()).isEqualTo(200);
    }

    private static JsonObject good() {
        return new JsonObject()
                .put("name", "db")
                .put("memoryMib", 64)
                .put("vcpus", 2)
                .put("kernel", "sim:linux");
    }

    static Stream<Arguments> wrongFields() {
        return Stream.of(
                Arguments.of("name", "", "1 to 64 of"),
                Arguments.of("name", "a\u0000b", "\\u0000"),
                Arguments.of("name", "a\nb", "\\u000a"),
                Arguments.of("name", "-db", "1 to 64 of"),
                Arguments.of("name", "x".repeat(65), "1 to 64 of"),
                Arguments.of("name", "x".repeat(500_000), "…"),
                Arguments.of("name", 7, "7, expected 1 to 64 of"),
                Arguments.of("uuid", "web", "a UUID"),
                Arguments.of("uuid", "1-2-3-4-5", "a UUID"),
                Arguments.of("uuid", "00000000-0000-0000-0000-000000000000", "not all zero"),
                Arguments.of("type", "kvm", "one of pv, pvh, hvm"),
                Arguments.of("memoryMib", 0.001, "0.001, expected a whole number of MiB from 4 to 16777216"),
                Arguments.of("memoryMib", 0, "0, expected a whole number of MiB from 4"),
                Arguments.of("memoryMib", -64, "-64"),
                Arguments.of("memoryMib", 64.5, "64.5"),
                Arguments.of("memoryMib", "64", "\"64\", expected a whole number"),
                Arguments.of("memoryMib", 1L << 40, "1099511627776"),
                Arguments.of("memoryMib", true, "true, expected a whole number"),
                Arguments.of("vcpus", 0, "0, expected a whole number from 1 to 512"),
                Arguments.of("vcpus", 100_000, "100000, expected a whole number from 1 to 512"),
                Arguments.of("vcpus", new JsonObject().put("n", 1), "an object, expected a whole number"),
                Arguments.of("kernel", "vmlinuz", "an absolute path"),
                Arguments.of("kernel", "/boot/vm\u0000linuz", "\\u0000"),
                Arguments.of("kernel", "/boot/vm\nlinuz", "without control characters"),
                Arguments.of("kernel", "/" + "x".repeat(1024), "at most 1024 characters"),
                Arguments.of("kernel", "sim:../etc", "sim:linux"),
                Arguments.of("bootloader", "pygrub", "\"pygrub\", expected \"pvgrub\""),
                Arguments.of("bootloader", "pvgrub", "nothing beside a kernel"),
                Arguments.of("ramdisk", "initrd.img", "an absolute path"),
                Arguments.of("ramdisk", "sim:linux", "an absolute path"),
                Arguments.of("cmdline", "console=hvc0\nroot=/dev/xvda", "at most 1023 bytes"),
                Arguments.of("cmdline", "é".repeat(512), "at most 1023 bytes"),
                Arguments.of("cmdline", 5, "at most 1023 bytes"),
                Arguments.of("paused", "yes", "\"yes\", expected true or false"),
                Arguments.of("onPoweroff", "explode", "one of destroy, restart, preserve"),
                Arguments.of("onCrash", "RESTART", "one of destroy, restart, preserve"),
                Arguments.of("disks", 1, "an array of objects with target and vdev"),
                Arguments.of(
                        "disk",
                        1,
                        "unknown field, expected one of bootloader, cmdline, disks, firmware, guestOs, kernel"));
    }

    @Test
    void namesAnUnknownFieldSoThatItCanBeShown() {
        String name = "\u202e\u001b[2J" + "x".repeat(200);
        RawHttp.Response response = api.call("POST", "/v1/domains", good().put(name, 1));

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.text()).doesNotContain("\u202e");
        assertThat(new JsonObject(response.text()).getString("field"))
                .startsWith("\\u202e\\u001b[2Jx")
                .hasSizeLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=latin1",
                "application/json;charset",
                "application/json; a=b; charset=utf-16"
            })
    void takesNoJsonInAnotherCharset(String type) {
        RawHttp.Response response = api.send("POST", "/v1/domains", "{}", api.withToken("Content-Type", type));

        assertThat(response.status()).isEqualTo(415);
        assertThat(response.text()).contains("expected application/json in UTF-8");
    }

    @Test
    void takesJsonThatSaysItIsUtf8() {
        for (String type : List.of("application/json; charset=UTF-8", "Application/JSON;charset=\"utf-8\"; x=y")) {
            RawHttp.Response response = api.send("POST", "/v1/domains", "[]", api.withToken("Content-Type", type));
            assertThat(response.status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @MethodSource("wrongFields")
    void namesFieldValueAndExpectation(String field, Object value, String told) {
        RawHttp.Response response = api.post(good().put(field, value).encode());

        assertThat(response.status()).isEqualTo(400);
        JsonObject problem = new JsonObject(response.text());
        assertThat(problem.getString("type")).isEqualTo("urn:xcs:problem:invalid-field");
        assertThat(problem.getString("field")).isEqualTo(field);
        assertThat(problem.getString("detail")).contains(field).contains(told).hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "memoryMib", "vcpus", "kernel"})
    void namesWhatIsMissing(String field) {
        JsonObject body = good();
        body.remove(field);

        JsonObject problem = new JsonObject(api.post(body.encode()).text());

        assertThat(problem.getString("field")).isEqualTo(field);
        assertThat(problem.getString("detail")).startsWith(field + ": nothing, expected ");
    }

    @Test
    void takesOneRamdiskOrAListOfThem() {
        JsonObject both = good().put("ramdisk", "/one").put("ramdisks", new JsonArray().add("/two"));
        assertThat(new JsonObject(api.post(both.encode()).text()).getString("detail"))
                .isEqualTo("ramdisk: \"/one\", expected nothing beside ramdisks: a domain has one or the other");
        JsonObject relative = good().put("ramdisks", new JsonArray().add("/one").add("two"));
        assertThat(new JsonObject(api.post(relative.encode()).text()).getString("detail"))
                .startsWith("ramdisks[1]: \"two\", expected an absolute path");
        JsonArray many = new JsonArray(Collections.nCopies(9, "/one"));
        assertThat(new JsonObject(
                                api.post(good().put("ramdisks", many).encode()).text())
                        .getString("detail"))
                .isEqualTo("ramdisks: \"9 ramdisks\", expected at most 8");
        assertThat(new JsonObject(api.post(good().put("ramdisks", "/one").encode())
                                .text())
                        .getString("detail"))
                .startsWith("ramdisks: \"/one\", expected an array of texts");
    }

    @Test
    void refusesNullWhereAValueIsExpected() {
        assertThat(new JsonObject(api.post(good().putNull("ramdisk").encode()).text()).getString("detail"))
                .startsWith("ramdisk: null, expected an absolute path");
    }

    @Test
    void tellsEveryErrorAtOnce() {
        RawHttp.Response response =
                api.post("{\"name\":\"\",\"memoryMib\":0,\"vcpus\":0,\"kernel\":5,\"colour\":\"red\"}");

        JsonObject problem = new JsonObject(response.text());
        assertThat(problem.getString("field")).isEqualTo("name");
        assertThat(problem.getString("detail"))
                .contains("name: ", "memoryMib: ", "vcpus: ", "kernel: ", "\"colour\": ");
    }

    static Stream<Arguments> malformedBodies() {
        return Stream.of(
                Arguments.of("", "nothing, expected a JSON object"),
                Arguments.of("{", "line 1, column 2"),
                Arguments.of("{\n \"name\": db}", "line 2, column 1"),
                Arguments.of("{\"name\":\"a\",\"name\":\"b\"}", "Duplicate"),
                Arguments.of("{} {}", "line 1, column"),
                Arguments.of("[1,2]", "an array, expected a JSON object"),
                Arguments.of("\"db\"", "\"db\", expected a JSON object"),
                Arguments.of("null", "null, expected a JSON object"),
                Arguments.of("{\"memoryMib\":NaN}", "line 1, column"),
                Arguments.of("{\"name\":\"a\nb\"}", "line 1, column"),
                Arguments.of("[".repeat(100_000), "not JSON"),
                Arguments.of("{\"memoryMib\":" + "9".repeat(5000) + "}", "not JSON"));
    }

    @ParameterizedTest
    @MethodSource("malformedBodies")
    void saysWhereTheJsonIsBroken(String body, String told) {
        RawHttp.Response response = RawHttp.send(
                api.port,
                "POST",
                "/v1/domains",
                api.withToken("Content-Type", "application/json", "Content-Length", "" + body.getBytes().length),
                body.getBytes(StandardCharsets.UTF_8));

        assertThat(response.status()).isEqualTo(400);
        JsonObject problem = new JsonObject(response.text());
        assertThat(problem.getString("type")).isEqualTo("urn:xcs:problem:malformed");
        assertThat(problem.getString("detail"))
                .contains(told)
                .doesNotContain("fasterxml", "`")
                .hasSizeLessThan(400)
                .doesNotContain("at com.", "Source");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        byte[] body = {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xff, (byte) 0xfe, '"', '}'};

        RawHttp.Response response = RawHttp.send(api.port, "POST", "/v1/domains", api.withToken(), body);

        assertThat(response.status()).isEqualTo(400);
        assertThat(new JsonObject(response.text()).getString("detail")).contains("UTF-8");
    }

    @Test
    void refusesALongBodyThatIsAnnounced() {
        RawHttp.Response response =
                RawHttp.send(api.port, "POST", "/v1/domains", api.withToken(), new byte[ApiFixture.MAX_BODY + 1]);

        assertThat(response.status()).isEqualTo(413);
        assertThat(new JsonObject(response.text()).getString("detail"))
                .isEqualTo("Body: 1048577 bytes, expected at most 1048576 bytes");
    }

    @Test
    void refusesALongBodyInChunks() {
        byte[] chunk = new byte[0x10000 + 9];
        Arrays.fill(chunk, (byte) ' ');
        System.arraycopy("10000\r\n".getBytes(), 0, chunk, 0, 7);
        System.arraycopy("\r\n".getBytes(), 0, chunk, chunk.length - 2, 2);
        StringBuilder request = new StringBuilder("POST /v1/domains HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nAuthorization: Bearer " + api.token
                + "\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            request.append(new String(chunk, StandardCharsets.ISO_8859_1));
        }

        RawHttp.Response response =
                RawHttp.send(api.port, request.append("0\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));

        assertThat(response.status()).isEqualTo(413);
        assertThat(new JsonObject(response.text()).getString("detail")).contains("in chunks");
    }

    @Test
    void answersAClientThatWaitsForContinueBeforeItsBody() {
        RawHttp.Response refused = api.send(
                "POST",
                "/v1/domains",
                "",
                api.withToken(
                        "Content-Type", "application/json", "Content-Length", "9999999", "Expect", "100-continue"));

        assertThat(refused.status()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/xml",
                "json"
            })
    void refusesOtherContentTypes(String type) {
        RawHttp.Response response =
                api.send("POST", "/v1/domains", good().encode(), api.withToken("Content-Type", type));

        assertThat(response.status()).isEqualTo(415);
        assertThat(new JsonObject(response.text()).getString("detail")).contains(type, "expected application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"state\":\"RUNNING\"}",
                "{\"state\":\"dying\"}",
                "{\"state\":1}",
                "{\"state\":\"paused\",\"force\":true}",
            })
    void refusesOtherStates(String body) {
        RawHttp.Response response = api.send("PUT", "/v1/domains/" + FakeParts.GUEST + "/state", body, api.withToken());

        assertThat(response.status()).isEqualTo(400);
        assertThat(new JsonObject(response.text()).getString("detail")).contains("expected one of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE\r\n\r\n",
                "GET /v1/host HTTP/1.1\r\nHost: localhost\r\nbad header\r\n\r\n",
            })
    void answersWhatIsNotHttp(String request) {
        RawHttp.Response response = RawHttp.send(api.port, request.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(response.status()).isIn(400, 403);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void refusesEndlessHeadersAndPaths() {
        String longPath = "/" + "x".repeat(100_000);
        assertThat(RawHttp.send(api.port, "GET", longPath, Map.of(), new byte[0])
                        .status())
                .isEqualTo(400);
        assertThat(RawHttp.send(api.port, "GET", "/", Map.of("X", "y".repeat(100_000)), new byte[0])
                        .status())
                .isEqualTo(400);
    }
}
