package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.EventReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control switch of the whole daemon, seen from outside. */
class SwitchTest {

    @TempDir
    Path dir;

    private static Map<String, Object> guest(String name) {
        return Map.of("name", name, "memoryMib", 32, "vcpus", 2, "kernel", "sim:linux");
    }

    private static String open(ApiClient api, Object bindings) {
        ApiClient.Answer opened =
                api.post("/v1/sessions", Map.of("name", "test", "graceSeconds", 600, "bindings", bindings));
        assertThat(opened.status()).as(opened.body().toString()).isEqualTo(201);
        return opened.header("Location");
    }

    @Test
    void tellsAGuestsLifeInOrderAndTiesRequestsToTheirEffects() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            String session = open(api, List.of(Map.of("type", "*"), Map.of("type", "DOMAIN")));
            try (EventReader reader = api.events(session + "/events")) {
                String uuid = api.create(guest("web"));
                reader.await("first byte", m -> m.path("subtype").asText().equals("CONSOLE.MILESTONE"));

                JsonNode outcome = api.post(
                                "/v1/requests",
                                Map.of(
                                        "domain",
                                        uuid,
                                        "subtype",
                                        "SHUTDOWN.SYSRQ",
                                        "payload",
                                        Map.of("kind", "sysrq", "key", "h"),
                                        "requestor",
                                        "tester"))
                        .body();
                assertThat(outcome.path("outcome").asText()).isEqualTo("done");
                JsonNode sysrq =
                        reader.await("sysrq", m -> m.path("subtype").asText().equals("SHUTDOWN.SYSRQ"));
                assertThat(sysrq.path("correlation").asText())
                        .isEqualTo(outcome.path("request").asText());
                assertThat(sysrq.path("requestor").asText()).isEqualTo("tester");
                assertThat(sysrq.path("payload").path("key").asText()).isEqualTo("h");

                JsonNode memory = api.post(
                                "/v1/requests",
                                Map.of(
                                        "domain",
                                        uuid,
                                        "subtype",
                                        "MEM_REQUEST.SET",
                                        "payload",
                                        Map.of("kind", "memory", "targetKib", 20_480)))
                        .body();
                assertThat(memory.path("outcome").asText()).isEqualTo("done");
                reader.await(
                        "the memory target",
                        m -> m.path("correlation")
                                .asText()
                                .equals(memory.path("request").asText()));

                assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
                reader.await("its end", m -> m.path("subtype").asText().equals("DOMAIN.ENDED"));
                assertThat(reader.sequences()).isSorted().doesNotHaveDuplicates();
                assertThat(reader.messages())
                        .filteredOn(m -> m.path("subtype").asText().startsWith("DOMAIN.")
                                && m.path("domain").asText().equals(uuid))
                        .extracting(m -> m.path("subtype").asText())
                        .startsWith("DOMAIN.APPEARED")
                        .endsWith("DOMAIN.ENDED");
            }
            assertThat(daemon.stop()).isEmpty();
        }
    }

    @Test
    void tiesTheHypervisorsLinesToTheDomainThatCrashed() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            try (EventReader reader = api.events("/v1/events?types=HYPERVISOR&since=0")) {
                String uuid = api.create(Map.of(
                        "name",
                        "bad",
                        "memoryMib",
                        32,
                        "vcpus",
                        1,
                        "kernel",
                        "sim:linux",
                        "cmdline",
                        "sim.crash-at-boot"));
                JsonNode line = reader.await(
                        "the crash's line",
                        m -> m.path("payload").path("text").asText().contains("crashed on cpu"));
                assertThat(line.path("domain").asText()).isEqualTo(uuid);
                assertThat(line.path("domid").asInt()).isPositive();
            }
            JsonNode log = api.get("/v1/host/console").body();
            assertThat(log.path("text").asText()).contains("crashed on cpu");
            long next = log.path("next").asLong();
            assertThat(api.get("/v1/host/console?since=" + next)
                            .body()
                            .path("text")
                            .asText())
                    .isEmpty();
        }
    }

    @Test
    void goesOnWithItsNumbersAfterARestart() throws Exception {
        List<JsonNode> before;
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            api.delete("/v1/domains/" + api.create(guest("web")));
            before = api.lines("/v1/events");
        }
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            api.create(guest("web2"));
            List<JsonNode> after = api.lines("/v1/events");
            assertThat(after.subList(1, before.size())).isEqualTo(before.subList(1, before.size()));
            for (int i = 1; i < after.size(); i++) {
                assertThat(after.get(i).path("sequence").asLong()).isEqualTo(i);
            }
        }
    }
}
