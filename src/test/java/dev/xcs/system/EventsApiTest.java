package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.api.ContractCheck;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.EventReader;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events, sessions and requests over HTTP, on the whole daemon. */
class EventsApiTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID TALKER = UUID.randomUUID();

    @TempDir
    static Path dir;

    private static RunningDaemon daemon;
    private static ApiClient api;
    private static Vertx vertx;
    private static ContractCheck contract;

    @BeforeAll
    static void start() throws IOException {
        daemon = RunningDaemon.start(dir);
        api = daemon.api();
        vertx = Vertx.vertx();
        contract = ContractCheck.load(vertx);
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
        assertThat(daemon.stop()).isEmpty();
    }

    /** Says something new and waits until the journal has it; gives its sequence number. */
    private static long say() throws Exception {
        String mark = UUID.randomUUID().toString();
        RouteControl.ADDRESS.publish(
                daemon.bus(),
                new RouteControl(ControlMessage.about(
                        TALKER, 9, ControlSubtype.CONSOLE_MILESTONE, new ControlPayload.Milestone(mark))));
        List<Long> found = new ArrayList<>();
        Await.until("it is in the journal", SOON, () -> {
            api.lines("/v1/events?types=CONSOLE&domain=" + TALKER).stream()
                    .filter(line -> line.path("payload").path("name").asText().equals(mark))
                    .forEach(line -> found.add(line.path("sequence").asLong()));
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static ApiClient.Answer checked(String method, String path, ApiClient.Answer answer) {
        byte[] body = answer.body().isMissingNode()
                ? new byte[0]
                : answer.body().toString().getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new HashMap<>();
        answer.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
        contract.check(method, path, answer.status(), headers, body);
        return answer;
    }

    private static ApiClient.Answer post(String path, Object body) {
        return checked("POST", path, api.post(path, body));
    }

    private static String open(Object... bindings) {
        ApiClient.Answer opened = post("/v1/sessions", Map.of("name", "tool", "bindings", List.of(bindings)));
        assertThat(opened.status()).as(opened.body().toString()).isEqualTo(201);
        return opened.header("Location");
    }

    /** The first bytes of an answer that does not end. */
    private static List<String> sse(String path, String header, int records) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Socket socket = api.stuck(path, header);
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
            socket.setSoTimeout(20_000);
            int events = 0;
            while (events < records) {
                String line = in.readLine();
                lines.add(line);
                events += line.startsWith("data:") ? 1 : 0;
            }
        }
        return lines;
    }

    @Test
    void serverSentEventsBeginWithTheFilterAndResumeByTheirId() throws Exception {
        long first = say();
        long second = say();
        String path = "/v1/events?types=CONSOLE&domain=" + TALKER;
        List<String> lines = sse(path + "&since=" + (first - 1), "", 3);
        assertThat(lines.get(0)).contains("200");
        assertThat(lines)
                .contains("content-type: text/event-stream", "event: filter", "id: " + first)
                .contains("event: CONSOLE.MILESTONE");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("data:"))
                .first()
                .asString()
                .contains("\"type\":\"CONSOLE\"", "\"next\":" + first);
        List<String> resumed = sse(path + "&since=0", "Last-Event-ID: " + first, 2);
        assertThat(resumed).contains("id: " + first, "id: " + second).doesNotContain("id: " + (first - 1));
        assertThat(resumed.indexOf("id: " + first)).as("the filter's").isLessThan(resumed.indexOf("event: filter"));
    }

    @Test
    void linesGiveExactlyTheRangeThatWasAskedFor() throws Exception {
        long first = say();
        Instant between = Instant.now();
        long second = say();
        say();
        String path = "/v1/events?types=CONSOLE,DEBUG&domain=" + TALKER;
        List<JsonNode> lines = api.lines(path + "&since=" + (first - 1) + "&until=" + second);
        assertThat(lines.get(0).path("record").asText()).isEqualTo("filter");
        assertThat(lines.get(0).path("bindings")).hasSize(2);
        assertThat(lines.subList(1, lines.size()))
                .extracting(line -> line.path("sequence").asLong())
                .containsExactly(first, second);
        List<JsonNode> later = api.lines(path + "&since=" + between);
        assertThat(later.get(1).path("sequence").asLong()).isEqualTo(second);
        List<JsonNode> earlier = api.lines(path + "&until=" + between);
        assertThat(earlier.get(earlier.size() - 1).path("sequence").asLong()).isEqualTo(first);
    }

    @Test
    void theWebsocketTellsWhatComes() throws Exception {
        try (EventReader reader = api.events("/v1/events?domain=" + TALKER)) {
            assertThat(reader.awaitRecord("filter").path("next").asLong()).isPositive();
            long said = say();
            reader.await("it", m -> m.path("sequence").asLong() == said);
            reader.acknowledge(said);
            assertThat(reader.awaitRecord("error")
                            .path("problem")
                            .path("detail")
                            .asText())
                    .contains("session");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "types=SHUTDOWN,NOISE|400|types",
                "types=|400|types",
                "domain=web|400|domain",
                "since=yesterday|400|since",
                "since=-1|400|since",
                "since=1&since=2|400|since",
                "until=1e3|400|until",
                "follow=yes|400|follow",
                "sinc=1|400|sinc",
                "since=999999999|410|since"
            })
    void refusesAQueryThatMakesNoSense(String query, int status, String field) {
        ApiClient.Answer answer = checked("GET", "/v1/events", api.get("/v1/events?" + query));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body().path("field").asText()).isEqualTo(field);
        assertThat(answer.body().path("detail").asText()).contains("expected");
    }

    @Test
    void sendsWhoIsTooLateToTheDomains() {
        assertThat(api.get("/v1/events?since=999999999").body().path("detail").asText())
                .contains("/v1/domains");
    }

    @Test
    void refusesAMediaTypeAndASubprotocolThatItDoesNotSpeak() throws Exception {
        try (Socket socket = api.stuck("/v1/events", "Accept: image/png");
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
            assertThat(in.readLine()).contains("400");
        }
        try (Socket socket = api.stuck(
                        "/v1/events",
                        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xcs.events.v9");
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
            assertThat(in.readLine()).contains("400");
        }
    }

    @Test
    void aSessionIsOpenedBoundShownAndClosed() {
        String session = open(Map.of("domain", TALKER.toString(), "type", "CONSOLE"), Map.of());
        ApiClient.Answer shown = checked("GET", session, api.get(session));
        assertThat(shown.body().path("bindings")).hasSize(2);
        assertThat(shown.body().path("bindings").get(1).path("domain").asText()).isEqualTo("*");
        assertThat(post(session + "/bindings", Map.of("type", "SHUTDOWN"))
                        .body()
                        .path("bindings"))
                .hasSize(3);
        String unbind = session + "/bindings?type=SHUTDOWN";
        assertThat(checked("DELETE", session + "/bindings", api.delete(unbind))
                        .body()
                        .path("bindings"))
                .hasSize(2);
        assertThat(api.delete(unbind).status()).isEqualTo(404);
        String lock = session + "/locks/" + TALKER + "/SHUTDOWN";
        assertThat(checked("PUT", lock, api.put(lock, Map.of())).body().path("locks"))
                .hasSize(1);
        String other = open();
        assertThat(api.put(other + "/locks/" + TALKER + "/SHUTDOWN", Map.of()).status())
                .isEqualTo(409);
        assertThat(post("/v1/requests", Map.of("domain", TALKER, "subtype", "SHUTDOWN.POWEROFF"))
                        .status())
                .isEqualTo(409);
        assertThat(api.delete(lock).body().path("locks")).isEmpty();
        assertThat(api.put(session + "/locks/web/SHUTDOWN", Map.of()).status()).isEqualTo(400);
        assertThat(api.put(session + "/locks/" + TALKER + "/*", Map.of()).status())
                .isEqualTo(400);
        assertThat(api.delete(session).status()).isEqualTo(204);
        assertThat(api.delete(session).status()).isEqualTo(404);
        assertThat(api.delete(other).status()).isEqualTo(204);
    }

    @Test
    void aNewStreamDisplacesTheOldOneAtOnceAndGoesOnWhereItWas() throws Exception {
        String session = open(Map.of("domain", TALKER.toString()));
        try (EventReader first = api.events(session + "/events")) {
            long one = say();
            first.await("one", m -> m.path("sequence").asLong() == one);
            first.acknowledge(one);
            Await.until(
                    "the acknowledgement",
                    SOON,
                    () -> api.get(session).body().path("acknowledged").asLong() == one);
            try (EventReader second = api.events(session + "/events")) {
                assertThat(first.awaitRecord("end").path("reason").asText()).isEqualTo("displaced");
                long two = say();
                second.await("two", m -> m.path("sequence").asLong() == two);
                assertThat(second.sequences()).doesNotContain(one);
                assertThat(api.delete(session).status()).isEqualTo(204);
                assertThat(second.awaitRecord("end").path("reason").asText()).isEqualTo("closed");
            }
        }
    }

    @Test
    void framesThatMakeNoSenseAreRefusedAndThenTheConnection() throws Exception {
        String session = open(Map.of());
        try (EventReader reader = api.events(session + "/events")) {
            for (String bad : List.of("{", "{\"acknowledge\":-1}", "[]", "{\"acknowledge\":\"1\"}", "{\"ack\":1}")) {
                reader.send(bad);
            }
            Await.until("it is closed", SOON, () -> reader.closeCode() == 4400);
            assertThat(reader.records("error")).isNotEmpty();
        }
        try (EventReader reader = api.events(session + "/events")) {
            reader.send(" ".repeat(5000));
            Await.until("it is closed", SOON, () -> reader.closeCode() == 1009);
        }
        api.delete(session);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"\"}",
                "{\"name\":\"a\\u0007\"}",
                "{\"name\":\"t\",\"graceSeconds\":3601}",
                "{\"name\":\"t\",\"bindings\":{}}",
                "{\"name\":\"t\",\"bindings\":[1]}",
                "{\"name\":\"t\",\"bindings\":[{\"type\":\"NOISE\"}]}",
                "{\"name\":\"t\",\"bindings\":[{\"domain\":\"web\"}]}",
                "{\"name\":\"t\",\"bindings\":[{\"domane\":\"*\"}]}",
                "{\"name\":\"t\",\"graze\":1}",
                "nonsense"
            })
    void refusesASessionThatMakesNoSense(String body) {
        ApiClient.Answer answer = checked("POST", "/v1/sessions", api.sendText("POST", "/v1/sessions", body));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("detail").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"domain\":\"web\",\"subtype\":\"SHUTDOWN.POWEROFF\"}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.NOW\"}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.SYSRQ\",\"payload\":1}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.SYSRQ\",\"payload\":{\"kind\":\"sysrq\"}}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.SYSRQ\",\"payload\":{\"kind\":\"magic\"}}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.SYSRQ\",\"payload\":{\"kind\":\"sysrq\",\"key\":null}}",
                "{\"domain\":\"D\",\"subtype\":\"MEM_REQUEST.SET\",\"payload\":{\"kind\":\"memory\",\"targetKib\":\"x\"}}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.POWEROFF\",\"deadlineSeconds\":0}",
                "{\"domain\":\"D\",\"subtype\":\"SHUTDOWN.POWEROFF\",\"requestor\":\"\"}"
            })
    void refusesARequestThatMakesNoSense(String body) {
        ApiClient.Answer answer = checked(
                "POST",
                "/v1/requests",
                api.sendText("POST", "/v1/requests", body.replace("\"D\"", "\"" + TALKER + "\"")));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(400);
        assertThat(answer.body().path("field").asText()).isNotEmpty();
    }

    @Test
    void anUnknownDomainIsRefusedWithItsProblem() {
        JsonNode outcome = post("/v1/requests", Map.of("domain", UUID.randomUUID(), "subtype", "SHUTDOWN.POWEROFF"))
                .body();
        assertThat(outcome.path("outcome").asText()).isEqualTo("refused");
        assertThat(outcome.path("problem").path("status").asInt()).isEqualTo(404);
        assertThat(post(
                                "/v1/requests",
                                Map.of(
                                        "domain", UUID.randomUUID(),
                                        "subtype", "SHUTDOWN.POWEROFF",
                                        "session", "nobody"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void refusesTenThousandBindingsAndABodyThatIsTooLong() {
        List<Map<String, String>> bindings = Collections.nCopies(10_000, Map.of("type", "SHUTDOWN"));
        ApiClient.Answer many = post("/v1/sessions", Map.of("name", "greedy", "bindings", bindings));
        assertThat(many.status()).isEqualTo(400);
        assertThat(many.body().path("detail").asText()).contains("10000").contains("1024");
        String session = open();
        int refused = 0;
        for (int i = 0; i < 1_100 && refused == 0; i++) {
            ApiClient.Answer bound = api.post(
                    session + "/bindings", Map.of("domain", UUID.randomUUID().toString()));
            if (bound.status() != 200) {
                assertThat(bound.status()).isEqualTo(429);
                refused = i;
            }
        }
        assertThat(refused).isEqualTo(1024);
        api.delete(session);
        assertThat(post("/v1/sessions", Map.of("name", "x".repeat(2 << 20))).status())
                .isEqualTo(413);
    }

    @Test
    void refusesTenThousandSessions() {
        List<String> opened = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 10_000 && refused < 3; i++) {
            ApiClient.Answer answer = api.post("/v1/sessions", Map.of("name", "greedy", "graceSeconds", 60));
            if (answer.status() == 201) {
                opened.add(answer.header("Location"));
            } else {
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.header("Retry-After")).isNotEmpty();
                refused++;
            }
        }
        assertThat(refused).isEqualTo(3);
        assertThat(opened).hasSizeLessThanOrEqualTo(256).doesNotHaveDuplicates();
        opened.forEach(session -> assertThat(api.delete(session).status()).isEqualTo(204));
    }

    @Test
    void refusesTheStreamThatIsOneTooMany() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            int most = 512;
            for (int i = 0; i < most + 50; i++) {
                open.add(api.stuck("/v1/events"));
            }
            Await.until(
                    "all places are taken", SOON, () -> api.get("/v1/events").status() == 429);
            assertThat(daemon.metrics()).contains("xcs_events_streams " + most);
            assertThat(api.get("/v1/events").header("Retry-After")).isNotEmpty();
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Await.until("they are given back", SOON, () -> daemon.metrics().contains("xcs_events_streams 0"));
    }

    @Test
    void showsTheHypervisorsLog() {
        ApiClient.Answer log = checked("GET", "/v1/host/console", api.get("/v1/host/console"));
        assertThat(log.body().path("text").asText()).contains("(XEN) Xen version");
        assertThat(checked("GET", "/v1/host/console", api.get("/v1/host/console?since=-1"))
                        .status())
                .isEqualTo(400);
        assertThat(api.get("/v1/host/console?since=4294967296").status()).isEqualTo(400);
    }
}
