package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.hypervisor.sim.ForeignDomain;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.EventReader;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was wrong with the control switch of 2005, each defect by its name: it must not come back. */
class AncestorDefectsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final UUID TALKER = UUID.randomUUID();

    @TempDir
    static Path dir;

    private static RunningDaemon daemon;
    private static ApiClient api;

    @BeforeAll
    static void start() throws Exception {
        daemon = RunningDaemon.start(dir);
        api = daemon.api();
    }

    @AfterAll
    static void stop() {
        assertThat(daemon.stop()).isEmpty();
    }

    private static void say(UUID domain, int times) {
        for (int i = 0; i < times; i++) {
            RouteControl.ADDRESS.publish(
                    daemon.bus(),
                    new RouteControl(ControlMessage.about(
                            domain, 9, ControlSubtype.DEBUG_CONNECTION_STATUS, new ControlPayload.Empty())));
        }
    }

    private static String open(Object... bindings) {
        return api.post("/v1/sessions", Map.of("name", "tool", "bindings", List.of(bindings)))
                .header("Location");
    }

    private static String create(String name) {
        return api.create(Map.of("name", name, "memoryMib", 32, "vcpus", 1, "kernel", "sim:linux"));
    }

    private static void untilReceived(EventReader reader, int messages) throws Exception {
        Await.until(messages + " messages", SOON, () -> reader.messages().size() >= messages);
        assertThat(reader.sequences()).isSorted();
    }

    @Test
    void blockingSendToASlowClient() throws Exception {
        List<Socket> stuck = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            stuck.add(api.stuck("/v1/events?domain=" + TALKER));
            stuck.add(api.stuck(open(Map.of()) + "/events"));
        }
        try (EventReader reader = api.events("/v1/events?domain=" + TALKER)) {
            reader.awaitRecord("filter");
            say(TALKER, 20_000);
            untilReceived(reader, 20_000);
        }
        for (Socket socket : stuck) {
            socket.close();
        }
    }

    @Test
    void aShortFrame() throws Exception {
        String session = open(Map.of("domain", TALKER.toString()));
        try (EventReader reader = api.events(session + "/events")) {
            reader.send("{\"acknow");
            assertThat(reader.awaitRecord("error")
                            .path("problem")
                            .path("detail")
                            .asText())
                    .contains("acknow");
            say(TALKER, 1);
            untilReceived(reader, 1);
        }
        api.delete(session);
    }

    @Test
    void brokenPipe() throws Exception {
        try (EventReader other = api.events("/v1/events?domain=" + TALKER)) {
            other.awaitRecord("filter");
            for (int i = 0; i < 10; i++) {
                Socket gone = api.stuck("/v1/events?domain=" + TALKER);
                gone.setSoLinger(true, 0);
                gone.close();
            }
            say(TALKER, 100);
            untilReceived(other, 100);
        }
        Await.until("their places are free", SOON, () -> metric("xcs_events_streams") == 0);
    }

    private static double metric(String name) {
        return Stream.of(daemon.metrics().split("\n"))
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    @Test
    void guessableSessionIds() {
        String first = open();
        String second = open();
        String id = first.substring(first.lastIndexOf('/') + 1);
        assertThat(id).hasSize(43).isNotEqualTo(second.substring(second.lastIndexOf('/') + 1));
        String flipped = (id.charAt(0) == 'A' ? 'B' : 'A') + id.substring(1);
        assertThat(api.get("/v1/sessions/" + flipped).status()).isEqualTo(404);
        assertThat(api.get("/v1/sessions/1").status()).isEqualTo(404);
        api.delete(first);
        api.delete(second);
    }

    @Test
    void aHashCollisionThatDropsABinding() throws Exception {
        UUID one = new UUID(0x1111_1111L << 32, 0x2222_2222L << 32);
        UUID two = new UUID(0x2222_2222L << 32, 0x1111_1111L << 32);
        assertThat(one).hasSameHashCodeAs(two);
        String session = open(Map.of("domain", one.toString()), Map.of("domain", two.toString()));
        try (EventReader reader = api.events(session + "/events")) {
            say(one, 1);
            say(two, 1);
            untilReceived(reader, 2);
            assertThat(reader.messages())
                    .extracting(m -> m.path("domain").asText())
                    .containsExactly(one.toString(), two.toString());
        }
        api.delete(session);
    }

    @Test
    void duplicatesOnSeveralBindings() throws Exception {
        UUID domain = UUID.randomUUID();
        String text = domain.toString();
        String session = open(
                Map.of("domain", text), Map.of("domain", text, "type", "DEBUG"), Map.of("domain", text, "type", "*"));
        try (EventReader reader = api.events(session + "/events")) {
            say(domain, 50);
            untilReceived(reader, 50);
            assertThat(reader.sequences()).hasSize(50).doesNotHaveDuplicates();
        }
        api.delete(session);
    }

    @Test
    void unansweredRequestsAndSecondAnswers() {
        String uuid = create("asked");
        List<String> subtypes = List.of(
                "SHUTDOWN.SYSRQ",
                "SHUTDOWN.SUSPEND",
                "MEM_REQUEST.SET",
                "USBIF_BE.CREATE",
                "VCPU_HOTPLUG.ON",
                "DOMAIN.PAUSE");
        List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            Map<String, Object> request =
                    Map.of("domain", uuid, "subtype", subtypes.get(i % subtypes.size()), "deadlineSeconds", 20);
            answers.add(CompletableFuture.supplyAsync(
                    () -> api.post("/v1/requests", request).body()));
        }
        List<JsonNode> outcomes = answers.stream().map(CompletableFuture::join).toList();
        assertThat(outcomes)
                .allMatch(one ->
                        List.of("done", "refused").contains(one.path("outcome").asText()));
        assertThat(outcomes).extracting(one -> one.path("request").asText()).doesNotHaveDuplicates();
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
    }

    @Test
    void ringFull() throws Exception {
        String session = open(Map.of("domain", TALKER.toString(), "type", "DEBUG"));
        say(TALKER, 40_000);
        try (EventReader reader = api.events(session + "/events")) {
            untilReceived(reader, 40_000);
            assertThat(reader.records("gap")).isEmpty();
        }
        api.delete(session);
    }

    @Test
    void overflowOfTheEventDevice() throws Exception {
        String uuid = create("overflow");
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("# ", SOON);
            daemon.host().faults().arm(Fault.EVENT_OVERFLOW, 1);
            console.type("echo af'ter'\n");
            console.awaitText("after", SOON);
        }
        api.delete("/v1/domains/" + uuid);
    }

    @Test
    void virqNumber() throws Exception {
        try (EventReader reader = api.events("/v1/events?types=DOMAIN")) {
            reader.awaitRecord("filter");
            ForeignDomain foreign = daemon.host().createForeign("by-xl");
            String uuid = foreign.uuid().toString();
            reader.await("it appears", m -> m.path("domain").asText().equals(uuid));
            api.delete("/v1/domains/" + uuid);
            reader.await(
                    "its end",
                    m -> m.path("domain").asText().equals(uuid)
                            && m.path("subtype").asText().equals("DOMAIN.ENDED"));
        }
    }

    @Test
    void referencesNeverReleased() throws Exception {
        double mapped = metric("xcs_native_consoles_mapped");
        double bound = metric("xcs_native_channels_bound");
        for (int i = 0; i < 5; i++) {
            String uuid = create("brief" + i);
            assertThat(metric("xcs_native_consoles_mapped")).isGreaterThan(mapped);
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        }
        Await.until(
                "everything is given back",
                SOON,
                () -> metric("xcs_native_consoles_mapped") == mapped && metric("xcs_native_channels_bound") == bound);
    }

    @Test
    void pendingRequestsSkippedOnAttach() throws Exception {
        UUID domain = UUID.randomUUID();
        String session = open(Map.of("domain", domain.toString()));
        say(domain, 10);
        try (EventReader reader = api.events(session + "/events")) {
            untilReceived(reader, 10);
        }
        api.delete(session);
    }

    @Test
    void aSecondDaemonOnTheSameHost() {
        assertThatThrownBy(() -> RunningDaemon.start(dir)).hasMessageContaining("in use by process");
        assertThat(api.get("/v1/host").status()).isEqualTo(200);
    }
}
