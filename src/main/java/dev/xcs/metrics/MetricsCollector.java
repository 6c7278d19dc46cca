package dev.xcs.metrics;

import dev.xcs.config.DaemonConfig.ManagementConfig;
import dev.xcs.config.ListenFailure;
import dev.xcs.message.FetchManagementAddress;
import dev.xcs.message.ListenAddress;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves /healthz, /readyz and /metrics on the management port, without a token: it listens on loopback and tells no secrets. What
 * is known of the host and its domains is collected in the background; a scrape only writes down the last of it.
 */
public final class MetricsCollector extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsCollector.class);
    /** HTTP/2 names the host elsewhere than in the Host header, which is checked. */
    private static final HttpServerOptions OPTIONS = new HttpServerOptions().setHttp2ClearTextEnabled(false);

    private static final Duration COLLECT_EVERY = Duration.ofSeconds(5);
    private static final Duration LAG_EVERY = Duration.ofMillis(500);

    private final ManagementConfig config;
    private final PrometheusMeterRegistry meters;
    private final Duration collectEvery;
    private final XenSnapshot snapshot = new XenSnapshot();
    private Future<JvmGcMetrics> process = Future.failedFuture("not started");

    /**
     * @param meters the registry that every part of the daemon registers its meters in
     */
    public MetricsCollector(ManagementConfig config, PrometheusMeterRegistry meters) {
        this(config, meters, COLLECT_EVERY);
    }

    MetricsCollector(ManagementConfig config, PrometheusMeterRegistry meters, Duration collectEvery) {
        this.config = config;
        this.meters = meters;
        this.collectEvery = collectEvery;
    }

    @Override
    public Future<?> start() {
        meters.getPrometheusRegistry().register(snapshot);
        XenCollection collection = new XenCollection(vertx.eventBus(), snapshot);
        collection.run();
        vertx.setPeriodic(collectEvery.toMillis(), timer -> collection.run());
        measureLag();
        // Not waited for: the beans of the JVM take their time to load.
        process = vertx.executeBlocking(() -> ProcessMeters.bind(meters), false);
        process.onFailure(failure -> LOG.error("No metrics of the process and the JVM", failure));
        return listen();
    }

    private Future<?> listen() {
        HttpServer server = vertx.createHttpServer(OPTIONS)
                .requestHandler(new ManagementRoutes(vertx, meters, config.host()).router());
        return server.listen(config.port(), config.host())
                .recover(why -> Future.failedFuture(ListenFailure.of("management", config.host(), config.port(), why)))
                .compose(listening -> {
                    ListenAddress address = new ListenAddress(config.host(), listening.actualPort());
                    LOG.debug("Health and metrics are served at {}:{}", address.host(), address.port());
                    return FetchManagementAddress.ADDRESS
                            .answer(vertx.eventBus(), asked -> Future.succeededFuture(address))
                            .completion();
                });
    }

    /** How much later than it should a timer fires: what an event has to wait for on this event loop. */
    private void measureLag() {
        Timer lag = Timer.builder("xcs.event.loop.lag")
                .description("How late a periodic timer fires on an event loop.")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(meters);
        LagProbe probe = new LagProbe(LAG_EVERY, System.nanoTime());
        vertx.setPeriodic(LAG_EVERY.toMillis(), timer -> lag.record(probe.lag(System.nanoTime())));
    }

    @Override
    public Future<?> stop() {
        meters.getPrometheusRegistry().unregister(snapshot);
        return process.onSuccess(JvmGcMetrics::close).otherwiseEmpty();
    }
}
