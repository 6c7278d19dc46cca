package dev.xcs.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.api.RawHttp;
import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig.ManagementConfig;
import dev.xcs.message.DomainsShown;
import dev.xcs.message.FetchApiAddress;
import dev.xcs.message.FetchDomains;
import dev.xcs.message.FetchManagementAddress;
import dev.xcs.message.HostRead;
import dev.xcs.message.ListenAddress;
import dev.xcs.message.ReadHost;
import dev.xcs.model.Dom0System;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsCollectorTest {
    private static final UUID GUEST = UUID.fromString("5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11");
    private static final Domain WEB =
            new Domain(GUEST, "web \"1\"", 3, DomainState.RUNNING, DomainType.PV, 128, 2, 1.5, true);
    private static final HostInfo HOST = new HostInfo(
            true, Dom0System.LINUX, "4.17.7", List.of(), true, true, true, 4, 2_000_000, 1, 8 << 20, 4 << 20);

    private final Vertx vertx = Vertx.vertx();
    private final EventBus bus = vertx.eventBus();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile List<Domain> domains = List.of(WEB);
    private volatile boolean broken;
    private String deployment;
    private int port;

    @BeforeEach
    void start() {
        RecordCodec.install(bus, Json.mapper());
        deployment = await(vertx.deployVerticle(
                new MetricsCollector(new ManagementConfig("127.0.0.1", 0), meters, Duration.ofMillis(50))));
        port = await(FetchManagementAddress.ADDRESS.ask(bus, new FetchManagementAddress()))
                .port();
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private void startParts() {
        ReadHost.ADDRESS.answer(bus, asked -> Future.succeededFuture(new HostRead(HOST)));
        FetchDomains.ADDRESS.answer(
                bus,
                asked -> broken
                        ? Future.failedFuture(
                                Problem.of(ProblemType.XENSTORE, "gone").toException())
                        : Future.succeededFuture(new DomainsShown(domains)));
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("It did not come true in 20 s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private RawHttp.Response get(String path, String... header) {
        Map<String, String> headers = header.length == 0 ? Map.of() : Map.of(header[0], header[1]);
        return RawHttp.send(port, "GET", path, headers, new byte[0]);
    }

    private String metrics() {
        return get("/metrics").text();
    }

    @Test
    void isAliveBeforeAnythingElseIs() {
        assertThat(get("/healthz").status()).isEqualTo(200);
    }

    @Test
    void isReadyWhenEveryPartAnswers() {
        RawHttp.Response unready = get("/readyz");
        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.header("Retry-After")).isEqualTo("1");
        assertThat(unready.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(new JsonObject(unready.text()).getString("detail")).contains("xcs.native.host is not running");

        startParts();
        assertThat(new JsonObject(get("/readyz").text()).getString("detail")).contains("xcs.api.address");

        FetchApiAddress.ADDRESS.answer(bus, asked -> Future.succeededFuture(new ListenAddress("127.0.0.1", 1)));
        assertThat(get("/readyz").status()).isEqualTo(200);
    }

    @Test
    void tellsOfTheHostAndItsDomains() {
        startParts();
        until("the domain is there", () -> metrics().contains("xen_domain_info{"));

        String text = metrics();

        assertThat(text.lines())
                .contains(
                        "xen_domain_info{domid=\"3\",kind=\"pv\",managed=\"true\",name=\"web \\\"1\\\"\",uuid=\""
                                + GUEST + "\"} 1",
                        "xen_domain_cpu_seconds_total{uuid=\"" + GUEST + "\"} 1.5",
                        "xen_domain_memory_bytes{uuid=\"" + GUEST + "\"} 1.34217728E8",
                        "xen_host_cpus 4.0",
                        "xen_host_info{simulated=\"true\",xen_version=\"4.17.7\"} 1",
                        "xcs_collector_success{collector=\"domains\"} 1.0",
                        "# TYPE xen_domain_cpu_seconds_total counter");
        assertThat(text).contains("xcs_collector_last_success_timestamp_seconds{collector=\"host\"}");
    }

    @Test
    void dropsTheSeriesOfADomainThatIsGone() {
        startParts();
        until("the domain is there", () -> metrics().contains(GUEST.toString()));

        domains = List.of();

        until("the domain has no series", () -> !metrics().contains(GUEST.toString()));
        assertThat(metrics()).contains("xcs_collector_success{collector=\"domains\"} 1.0");
    }

    @Test
    void keepsTheLastValuesAndSaysThatTheyAreOldWhenCollectingFails() {
        startParts();
        until("the domain is there", () -> metrics().contains(GUEST.toString()));

        broken = true;

        until("it says so", () -> metrics().contains("xcs_collector_success{collector=\"domains\"} 0.0"));
        assertThat(metrics())
                .contains("xen_domain_cpu_seconds_total{uuid=\"" + GUEST + "\"} 1.5")
                .contains("xcs_collector_success{collector=\"host\"} 1.0");
    }

    @Test
    void tellsOfItselfUnderTheUsualNames() {
        until("the JVM is there", () -> metrics().contains("process_resident_memory_bytes"));
        until("the event loop was measured", () -> !metrics().contains("xcs_event_loop_lag_seconds_count 0"));

        assertThat(metrics())
                .contains(
                        "process_cpu_seconds_total ",
                        "process_open_fds ",
                        "process_max_fds ",
                        "process_start_time_seconds ",
                        "jvm_memory_used_bytes{",
                        "jvm_threads_live_threads ",
                        "xcs_event_loop_lag_seconds_bucket{le=\"0.1\"}");
    }

    @Test
    void speaksTheFormatThatIsAskedFor() {
        RawHttp.Response open =
                get("/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

        assertThat(open.header("Content-Type")).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(open.text()).endsWith("# EOF\n");
        assertThat(get("/metrics").header("Content-Type")).startsWith("text/plain; version=0.0.4");
    }

    @Test
    void refusesForeignHostsOtherPathsAndMethods() {
        assertThat(get("/metrics", "Host", "evil.example").status()).isEqualTo(403);
        assertThat(get("/v1/domains").status()).isEqualTo(404);
        RawHttp.Response post = RawHttp.send(port, "POST", "/metrics", Map.of(), new byte[0]);
        assertThat(post.status()).isEqualTo(405);
        assertThat(post.header("Allow")).isEqualTo("GET, HEAD");
        assertThat(RawHttp.send(port, "HEAD", "/healthz", Map.of(), new byte[0]).status())
                .isEqualTo(200);
    }

    @Test
    void canBeDeployedAgainOnTheSameRegistry() {
        await(vertx.undeploy(deployment));

        await(vertx.deployVerticle(new MetricsCollector(new ManagementConfig("127.0.0.1", 0), meters)));
    }
}
