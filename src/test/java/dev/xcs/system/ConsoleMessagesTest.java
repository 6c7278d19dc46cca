package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the switch is told of consoles, on the whole daemon: how much was printed and how far the boot is, never what. */
class ConsoleMessagesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private SimHost host;

    @BeforeEach
    void switchOn() {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(100)), dir.resolve("host"));
    }

    @AfterEach
    void switchOff() {
        host.close();
    }

    private RunningDaemon daemon() {
        return RunningDaemon.startOn(host, dir.resolve("state"));
    }

    private static Map<String, Object> guest(boolean paused) {
        Map<String, Object> spec = new HashMap<>(Map.of("memoryMib", 64, "vcpus", 1, "kernel", "sim:linux"));
        spec.put("name", "talker");
        spec.put("paused", paused);
        return spec;
    }

    private static List<JsonNode> told(ApiClient api, String subtype, String uuid) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode line : api.lines("/v1/events?since=0&types=CONSOLE&domain=" + uuid)) {
            if (line.path("subtype").asText().equals(subtype)) {
                found.add(line);
            }
        }
        return found;
    }

    private static List<Integer> boots(ApiClient api, String uuid) {
        return told(api, "CONSOLE.MILESTONE", uuid).stream()
                .filter(line -> line.path("payload").path("name").asText().equals("first-byte"))
                .map(line -> line.path("domid").asInt())
                .toList();
    }

    /** Waits until a command that is typed now has answered. */
    private static void answered(ApiClient api, String uuid, String word) throws Exception {
        try (ConsoleViewer console = api.console(uuid)) {
            Await.until("its shell is up, or it is asked to show that", SOON, () -> {
                console.type("echo " + word.charAt(0) + "''" + word.substring(1) + "\n");
                return console.shown().contains(word);
            });
        }
    }

    @Test
    void tellsHowMuchWasPrintedAndNeverWhat() throws Exception {
        try (RunningDaemon daemon = daemon()) {
            ApiClient api = daemon.api();
            String uuid = api.create(guest(false));
            try (ConsoleViewer console = api.console(uuid)) {
                console.awaitText("# ", SOON);
                console.type("echo se''cret\n");
                console.awaitText("secret", SOON);
                Await.until("all of it is told", SOON, () -> {
                    List<JsonNode> told = told(api, "CONSOLE.ACTIVITY", uuid);
                    return !told.isEmpty() && end(told.get(told.size() - 1)) == console.bytes().length;
                });
                List<JsonNode> told = told(api, "CONSOLE.ACTIVITY", uuid);
                long before = 0;
                for (JsonNode one : told) {
                    assertThat(one.path("payload").properties())
                            .extracting(Map.Entry::getKey)
                            .containsExactlyInAnyOrder("kind", "bytes", "offset");
                    assertThat(end(one) - one.path("payload").path("bytes").asLong())
                            .as("nothing between two is left out or counted twice")
                            .isEqualTo(before);
                    before = end(one);
                }
                assertThat(before).isEqualTo(console.bytes().length);
            }
        }
        assertThat(journal()).contains("CONSOLE.ACTIVITY").doesNotContain("secret", "Linux version");
    }

    private static long end(JsonNode activity) {
        return activity.path("payload").path("offset").asLong();
    }

    private String journal() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(dir.resolve("state/events"))) {
            for (Path file : files.toList()) {
                all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    @Test
    void theFirstByteOfABootIsToldOnceHoweverOftenTheDaemonStarts() throws Exception {
        String uuid;
        int domid;
        try (RunningDaemon daemon = daemon()) {
            ApiClient api = daemon.api();
            uuid = api.create(guest(false));
            domid = api.get("/v1/domains/" + uuid).body().path("domid").asInt();
            answered(api, uuid, "first");
            Await.until("it is told", SOON, () -> boots(api, uuid).size() == 1);
        }
        try (RunningDaemon daemon = daemon()) {
            ApiClient api = daemon.api();
            int toldBefore = told(api, "CONSOLE.ACTIVITY", uuid).size();
            answered(api, uuid, "second");
            // Told after the milestone would have been.
            Await.until(
                    "what was printed since is told",
                    SOON,
                    () -> told(api, "CONSOLE.ACTIVITY", uuid).size() > toldBefore);
            assertThat(boots(api, uuid)).containsExactly(domid);
            assertThat(api.state(uuid, "rebooted").status()).isEqualTo(200);
            Await.until("the next boot is told", SOON, () -> boots(api, uuid).size() == 2);
            assertThat(boots(api, uuid).get(1)).isGreaterThan(domid);
        }
    }

    @Test
    void theFirstByteOfAGuestThatHasNotRunIsToldByWhoSeesIt() throws Exception {
        String uuid;
        try (RunningDaemon daemon = daemon()) {
            uuid = daemon.api().create(guest(true));
        }
        try (RunningDaemon daemon = daemon()) {
            ApiClient api = daemon.api();
            assertThat(boots(api, uuid)).isEmpty();
            assertThat(api.state(uuid, "running").status()).isEqualTo(200);
            Await.until("it is told", SOON, () -> boots(api, uuid).size() == 1);
        }
    }

    @Test
    void theMilestonesOfABootAreToldInOrderAndMeasured() throws Exception {
        try (RunningDaemon daemon = daemon()) {
            ApiClient api = daemon.api();
            String uuid = api.create(guest(false));

            Await.until("the prompt is told", SOON, () -> milestones(api, uuid).contains("prompt"));

            assertThat(milestones(api, uuid))
                    .containsExactlyInAnyOrder("built", "unpaused", "first-byte", "kernel", "prompt")
                    .containsSubsequence("built", "first-byte", "kernel", "prompt");
            for (String name : List.of("built", "unpaused", "first-byte", "kernel", "prompt")) {
                assertThat(daemon.metrics())
                        .contains("xcs_boot_milestone_seconds_count{milestone=\"" + name + "\"} 1")
                        .contains("xcs_boot_milestone_seconds_bucket{milestone=\"" + name + "\",le=\"+Inf\"} 1");
            }
        }
    }

    private static List<String> milestones(ApiClient api, String uuid) {
        return told(api, "CONSOLE.MILESTONE", uuid).stream()
                .map(line -> line.path("payload").path("name").asText())
                .toList();
    }
}
