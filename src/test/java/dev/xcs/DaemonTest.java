package dev.xcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.hypervisor.sim.ForeignDomain;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole daemon on the simulated host, from outside. */
class DaemonTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    @Test
    void takesAGuestFromItsCreationToItsEnd() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            String uuid = api.create(guest("web"));
            assertThat(state(api, uuid)).isEqualTo("running");
            try (ConsoleViewer console = api.console(uuid)) {
                console.awaitText("# ", SOON);
                console.type("echo a'live'\n");
                console.awaitText("alive", SOON);
                assertThat(api.state(uuid, "paused").body().path("state").asText())
                        .isEqualTo("paused");
                assertThat(api.state(uuid, "running").status()).isEqualTo(200);
                int domid = domid(api, uuid);
                assertThat(api.state(uuid, "rebooted").status()).isEqualTo(200);
                Await.until("another domid", SOON, () -> domid(api, uuid) > domid);
            }
            assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
            assertThat(api.get("/v1/domains/" + uuid).status()).isEqualTo(404);
            assertThat(names(api)).containsExactly("Domain-0");
            assertThat(daemon.stop()).isEmpty();
        }
    }

    @Test
    void seesWhatAnotherToolstackDoesWithinASecond() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            ForeignDomain foreign = daemon.host().createForeign("by-xl");
            Await.until("it is listed", Duration.ofSeconds(1), () -> names(api).contains("by-xl"));
            assertThat(api.get("/v1/domains/" + foreign.uuid())
                            .body()
                            .path("managed")
                            .asBoolean(true))
                    .isFalse();
            assertThat(api.delete("/v1/domains/" + foreign.uuid()).status()).isEqualTo(204);
            assertThat(names(api)).doesNotContain("by-xl");
        }
    }

    @Test
    void leavesNothingOfACreationThatFails() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            ApiClient api = daemon.api();
            daemon.host().faults().arm(Fault.BUILD_FAILS, 1);

            ApiClient.Answer refused = api.post("/v1/domains", guest("unlucky"));

            assertThat(refused.status()).isGreaterThanOrEqualTo(500);
            assertThat(refused.body().path("call").asText()).isNotEmpty();
            assertThat(names(api)).containsExactly("Domain-0");
            assertThat(api.create(guest("unlucky"))).isNotEmpty();
        }
    }

    @Test
    void isHealthyReadyAndMeasured() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            assertThat(daemon.management().get("/healthz").status()).isEqualTo(200);
            assertThat(daemon.management().get("/readyz").status()).isEqualTo(200);
            assertThat(daemon.management().get("/metrics").status()).isEqualTo(200);
        }
    }

    @Test
    void keepsItsTokenAndRefusesAnyOther() throws Exception {
        String token;
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            token = Files.readString(dir.resolve("admin.token")).strip();
            assertThat(daemon.api("x".repeat(token.length())).get("/v1/host").status())
                    .isEqualTo(401);
        }
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            assertThat(daemon.api(token).get("/v1/host").status()).isEqualTo(200);
        }
    }

    @Test
    void saysWhereItIsReachedForAsLongAsItIs() throws Exception {
        try (RunningDaemon daemon = RunningDaemon.start(dir)) {
            assertThat(Files.readAllLines(dir.resolve("endpoints")))
                    .contains("pid=" + ProcessHandle.current().pid(), "api=" + daemon.apiAddress());
        }
        assertThat(dir.resolve("endpoints")).doesNotExist();
    }

    @Test
    void refusesAStateDirectoryThatAnotherDaemonHas() {
        try (RunningDaemon first = RunningDaemon.start(dir)) {
            Problem problem = refusal(dir, Map.of());
            assertThat(problem.detail()).contains("in use by process");
            assertThat(first.management().get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void stopsWhatItHasStartedWhenALaterPartFails() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(refusal(dir, Map.of("management.port", port)).step()).contains("MetricsCollector");
            Problem refused = refusal(dir, Map.of("api.port", port));
            assertThat(refused.step()).contains("ApiServer");
            assertThat(refused.detail()).startsWith("api.port: " + port + " of api.host \"127.0.0.1\"");
            assertThat(refusal(dir, Map.of("management.port", port)).field()).isEqualTo("management.port");
        }
        // The state directory, the socket and the threads were given back: the same daemon starts now.
        RunningDaemon.start(dir).close();
    }

    @Test
    void runsBesideAnotherDaemonWithAnotherStateDirectory() throws Exception {
        try (RunningDaemon one = RunningDaemon.start(dir.resolve("one"));
                RunningDaemon two = RunningDaemon.start(dir.resolve("two"))) {
            one.api().create(guest("only-here"));
            assertThat(names(two.api())).containsExactly("Domain-0");
        }
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        RunningDaemon.start(dir).close();
        Await.until("its threads have ended", SOON, () -> daemonThreads(before).isEmpty());
    }

    private static List<Thread> daemonThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> Stream.of("xcs-", "sim-", "vert.x-", "vertx-")
                        .anyMatch(start -> thread.getName().startsWith(start)))
                .toList();
    }

    private static Problem refusal(Path stateDir, Map<String, String> settings) {
        ProblemException refused = catchThrowableOfType(
                ProblemException.class,
                () -> RunningDaemon.start(stateDir, settings).close());
        assertThat(refused).as("refused").isNotNull();
        return refused.problem();
    }

    private static Map<String, Object> guest(String name) {
        return Map.of("name", name, "type", "pv", "memoryMib", 64, "vcpus", 1, "kernel", "sim:linux");
    }

    private static List<String> names(ApiClient api) {
        return StreamSupport.stream(api.get("/v1/domains").body().spliterator(), false)
                .map(domain -> domain.path("name").asText())
                .toList();
    }

    private static String state(ApiClient api, String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("state").asText();
    }

    private static int domid(ApiClient api, String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt(-1);
    }
}
