package dev.xcs.prometheus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.message.RouteControl;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.EventReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What a real Prometheus finds in the daemon that it scrapes, against what the API says; however Prometheus is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class PrometheusChecks {
    private static final Duration SOON = Duration.ofSeconds(20);
    /** More than are kept in memory, and than the journal of this daemon may take. */
    private static final int FLOOD = 40_000;

    private static final UUID TALKER = UUID.randomUUID();

    private Path dir;
    private DebianPrometheus debian;
    private RunningDaemon daemon;
    private ApiClient api;
    private PromQl prometheus;

    /**
     * Starts it with a configuration, listening at a port of loopback and nowhere else.
     *
     * @param directory where it may keep files
     */
    protected abstract void start(DebianPrometheus debian, String configuration, int port, Path directory)
            throws Exception;

    /** Also when it was never started. */
    protected abstract void stop() throws Exception;

    /** What it wrote, for who has to find out why it does not run. */
    protected abstract String output() throws IOException;

    @BeforeAll
    void scrape(@TempDir Path directory) throws Exception {
        dir = directory;
        debian = DebianPrometheus.find().orElse(null);
        assumeTrue(debian != null, DebianPrometheus.MISSING);
        daemon = RunningDaemon.start(
                dir.resolve("state"), Map.of("events.segment-size", "64KiB", "events.max-size", "1MiB"));
        api = daemon.api();
        for (String name : List.of("one", "two", "three")) {
            api.create(guest(name));
        }
        int port = freePort();
        start(debian, configuration(daemon.managementAddress()), port, dir);
        prometheus = new PromQl(port);
        try {
            Await.until("Prometheus is ready", SOON, prometheus::isReady);
            Await.until("it has scraped", SOON, () -> prometheus.value("up{job=\"xcs\"}") == 1);
        } catch (AssertionError failure) {
            throw new AssertionError(failure.getMessage() + "\n" + output(), failure);
        }
    }

    @AfterAll
    void end() throws Exception {
        stop();
        if (daemon != null) {
            assertThat(daemon.stop()).isEmpty();
        }
    }

    private static Map<String, Object> guest(String name) {
        return Map.of("name", name, "memoryMib", 64, "vcpus", 2, "kernel", "sim:linux");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String configuration(URI management) {
        return """
                global:
                  scrape_interval: 250ms
                  scrape_timeout: 250ms
                scrape_configs:
                  - job_name: xcs
                    static_configs:
                      - targets: ["%s"]
                """.formatted(management.getAuthority());
    }

    /** Both sides are asked again until they agree: one scrape may lie between them. */
    private static <T> void agree(String what, Callable<T> told, Callable<T> scraped) throws Exception {
        try {
            Await.until(what, SOON, () -> told.call().equals(scraped.call()));
        } catch (AssertionError failure) {
            throw new AssertionError(what + ": the API says " + told.call() + ", PromQL " + scraped.call(), failure);
        }
    }

    private void eventually(String expression, double wanted) throws Exception {
        agree(expression, () -> wanted, () -> prometheus.value(expression));
    }

    private static Map<String, Double> counted(Stream<JsonNode> all, Function<JsonNode, String> key) {
        return all.collect(Collectors.groupingBy(key, TreeMap::new, Collectors.summingDouble(one -> 1)));
    }

    private Stream<JsonNode> domains() {
        return StreamSupport.stream(api.get("/v1/domains").body().spliterator(), false);
    }

    private Stream<JsonNode> journal() {
        return api.lines("/v1/events?since=0").stream().filter(line -> line.has("sequence"));
    }

    /** After the others, and after what they leave out: some series are there only once there is something to count. */
    @Test
    @Order(Integer.MAX_VALUE - 1)
    void theExpositionPleasesPromtool() throws Exception {
        daemon.host().faults().arm(Fault.BUILD_FAILS, 1);
        assertThat(api.post("/v1/domains", guest("failing")).status()).isGreaterThanOrEqualTo(500);
        String uuid = api.create(guest("passing"));
        assertThat(api.state(uuid, "rebooted").status()).isEqualTo(200);
        Await.until("it is booted again", SOON, () -> daemon.metrics().contains("xcs_domain_restarts_total"));
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        String exposition = daemon.metrics();
        assertThat(exposition).contains("xcs_domain_creation_failures_total", "xcs_domain_destructions_total");
        assertThat(debian.complaints(exposition)).isEmpty();
    }

    @Test
    void everySampleIsTaken() throws Exception {
        assertThat(prometheus.value("scrape_samples_scraped")).isGreaterThan(200);
        eventually("scrape_samples_scraped - scrape_samples_post_metric_relabeling", 0);
    }

    @Test
    void domainsAreCountedByState() throws Exception {
        Callable<Map<String, Double>> told =
                () -> counted(domains(), domain -> domain.path("state").asText());
        Callable<Map<String, Double>> scraped = () -> prometheus.by("state", "xcs_domains > 0");
        agree("domains by state", told, scraped);
        String uuid = domains()
                .filter(domain -> domain.path("name").asText().equals("two"))
                .findFirst()
                .orElseThrow()
                .path("uuid")
                .asText();
        assertThat(api.state(uuid, "paused").status()).isEqualTo(200);
        assertThat(told.call()).containsEntry("paused", 1.0);
        agree("domains by state", told, scraped);
    }

    @Test
    void domainsAreDescribed() throws Exception {
        agree(
                "memory by name",
                () -> domains()
                        .collect(Collectors.toMap(
                                domain -> domain.path("name").asText(),
                                domain -> domain.path("memoryMib").asDouble() * 1024 * 1024)),
                () -> prometheus.by("name", "xen_domain_memory_bytes * on (uuid) group_left (name) xen_domain_info"));
    }

    @Test
    void controlMessagesAreCountedByType() throws Exception {
        agree(
                "messages by subtype",
                () -> counted(journal(), message -> message.path("subtype").asText()),
                () -> prometheus.by("message", "xcs_control_messages_total > 0"));
        agree(
                "messages by type",
                () -> counted(journal(), message -> message.path("type").asText()),
                () -> prometheus.by(
                        "kind",
                        "sum by (kind) (label_replace(xcs_control_messages_total, 'kind', '$1', 'message', '(.*)[.].*')) > 0"));
    }

    @Test
    void theLagOfEveryMessageIsInTheHistogram() throws Exception {
        agree(
                "as many lags as messages",
                () -> prometheus.value("sum(xcs_control_messages_total)"),
                () -> prometheus.value("xcs_control_lag_seconds_bucket{le='+Inf'}"));
        assertThat(prometheus.value("xcs_control_lag_seconds_count")).isPositive();
        assertThat(prometheus.value("histogram_quantile(0.5, xcs_control_lag_seconds_bucket)"))
                .isBetween(0.0, 1.0);
        eventually("xcs_control_queued", 0);
    }

    @Test
    void sessionsAreCounted() throws Exception {
        eventually("xcs_control_sessions", 0);
        String first = session();
        String second = session();
        assertThat(api.get(first).status()).isEqualTo(200);
        eventually("xcs_control_sessions", 2);
        assertThat(api.delete(first).status()).isEqualTo(204);
        assertThat(api.delete(second).status()).isEqualTo(204);
        eventually("xcs_control_sessions", 0);
    }

    private String session() {
        ApiClient.Answer opened = api.post(
                "/v1/sessions",
                Map.of("name", "scraped", "graceSeconds", 600, "bindings", List.of(Map.of("type", "*"))));
        assertThat(opened.status()).isEqualTo(201);
        return opened.header("Location");
    }

    @Test
    void theJournalsSizeIsThatOfItsFiles() throws Exception {
        agree("bytes of the journal", this::journalBytes, () -> prometheus.value("xcs_journal_size_bytes"));
        assertThat(journalBytes()).isPositive();
    }

    private double journalBytes() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("state/events"))) {
            return files.mapToDouble(file -> file.toFile().length()).sum();
        }
    }

    /** Last: it drops what the journal has had. */
    @Test
    @Order(Integer.MAX_VALUE)
    void gapsAreCountedAndWhoIsBehindIsSeen() throws Exception {
        eventually("xcs_control_gaps_total", 0);
        String session = session();
        for (int i = 0; i < FLOOD; i++) {
            RouteControl.ADDRESS.publish(
                    daemon.bus(),
                    new RouteControl(ControlMessage.about(
                            TALKER, 9, ControlSubtype.CONSOLE_MILESTONE, new ControlPayload.Milestone("flood"))));
        }
        Await.until(
                "the session is behind", SOON, () -> prometheus.value("xcs_control_sessions_behind_messages") >= FLOOD);
        Await.until("the journal is cut", SOON, () -> journalBytes() < 2 * 1024 * 1024);
        try (EventReader reader = api.events(session + "/events")) {
            reader.awaitRecord("gap");
            eventually("xcs_control_gaps_total", 1);
            Await.until(
                    "it is behind no more", SOON, () -> prometheus.value("xcs_control_sessions_behind_messages") < 100);
        }
        agree("bytes of the journal", this::journalBytes, () -> prometheus.value("xcs_journal_size_bytes"));
    }
}
