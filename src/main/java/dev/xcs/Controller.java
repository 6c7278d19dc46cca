package dev.xcs;

import dev.xcs.api.ApiServer;
import dev.xcs.block.BlockBackend;
import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.config.DaemonConfig.EventsConfig;
import dev.xcs.config.EffectiveConfig;
import dev.xcs.console.ConsoleSwitch;
import dev.xcs.control.ControlRouter;
import dev.xcs.devicemodel.DeviceModelKeeper;
import dev.xcs.domain.DomainKeeper;
import dev.xcs.evtchn.EventChannelPoller;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.journal.Definitions;
import dev.xcs.journal.EventJournal;
import dev.xcs.journal.NetworkDefinitions;
import dev.xcs.message.CreateLoginLink;
import dev.xcs.message.FetchApiAddress;
import dev.xcs.message.FetchManagementAddress;
import dev.xcs.message.ReadHost;
import dev.xcs.metrics.MetricsCollector;
import dev.xcs.model.HostInfo;
import dev.xcs.network.NetworkBackend;
import dev.xcs.xenstore.XenstoreClient;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Assembles the daemon: starts its parts in order, stops them in reverse. */
final class Controller {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    /** Far above what any part takes: a start in an emulator must not fail for slowness alone. */
    private static final Duration STAGE_LIMIT = Duration.ofSeconds(120);

    private static final int STOPPED = 0;
    private static final int NOT_STOPPED = 3;

    private final EffectiveConfig effective;
    private final DaemonConfig config;
    private final Supplier<Host> chooseHost;
    private final Stages stages = new Stages(STAGE_LIMIT);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean failed;

    /** @param faults what goes wrong on the simulated host from the start */
    Controller(EffectiveConfig effective, String faults) {
        this(effective, () -> Host.choose(effective.config(), faults));
    }

    /** @param chooseHost gives the host to control; it is closed at the end */
    Controller(EffectiveConfig effective, Supplier<Host> chooseHost) {
        this.effective = effective;
        this.config = effective.config();
        this.chooseHost = chooseHost;
    }

    /** Starts everything, or nothing: when a part does not start, those before it are stopped again. */
    Running start() {
        try {
            return assemble();
        } catch (RuntimeException failure) {
            failed = !stages.stopping();
            stop();
            throw failure;
        }
    }

    /** What a whole daemon is, for those who look at it from inside. */
    record Running(Host host, Vertx vertx, Endpoints endpoints) {}

    private Running assemble() {
        LOG.info("xcsd {}", Xcsd.version());
        effective.lines().forEach(line -> LOG.info("config: {}", line));
        Path state = stages.start(
                        "state directory", () -> StateDirectory.open(config.stateDir()), StateDirectory::close)
                .path();
        Host host = stages.start("host", chooseHost::get, Host::close);
        Vertx vertx = stages.start("vertx", Controller::vertx, up -> stages.await(up.close()));
        PrometheusMeterRegistry meters =
                stages.start("meters", () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), up -> up.close());
        // Begun here, since it takes longest and needs nobody; what fails before its turn is seen off by Vert.x.
        Future<String> api = vertx.deployVerticle(
                new ApiServer(config.api(), config.pvgrub(), config.console().viewIdle(), state, meters));
        ConsoleLog consoleLog = openConsoleLog(state);
        // First of the parts: it knows best why a machine cannot be controlled.
        openGateway(vertx, host, consoleLog, meters);
        XenstoreClient xenstore =
                stages.start("xenstore", () -> connect(vertx, host, meters), up -> stages.await(up.close()));
        // Before the console, which asks it for ports from its first domain to its last.
        deploy(vertx, new EventChannelPoller(meters));
        deploy(vertx, new ConsoleSwitch(config.console(), consoleLog, xenstore, meters));
        deploy(vertx, new BlockBackend(xenstore, config.block(), state.toAbsolutePath()));
        deploy(vertx, new NetworkBackend(xenstore, config.network(), new NetworkDefinitions(state, Json.mapper())));
        deploy(vertx, new DeviceModelKeeper(xenstore, config.hvm(), state.toAbsolutePath()));
        // Before the keeper, so that no change of a domain is missed; after it in stopping, so that the last one is
        // kept.
        deploy(vertx, new ControlRouter(openJournal(state), xenstore, meters));
        deploy(
                vertx,
                new DomainKeeper(
                        xenstore,
                        new Definitions(state, Json.mapper()),
                        config.domain(),
                        config.pvgrub(),
                        config.hvm(),
                        meters));
        join("ApiServer", vertx, () -> api);
        deploy(vertx, new MetricsCollector(config.management(), meters));
        Endpoints endpoints = stages.start("addresses", () -> endpoints(vertx, state), up -> {});
        tell(vertx, state, endpoints);
        // Last: who sees the file finds everything done.
        stages.start("endpoints", endpoints::publish, Controller::withdraw);
        return new Running(host, vertx, endpoints);
    }

    /** Closed by the router; only if that does not come up it stays open, until the process ends at once. */
    private EventJournal openJournal(Path state) {
        EventsConfig events = config.events();
        EventJournal.Limits limits = new EventJournal.Limits(events.segmentBytes(), events.maxBytes(), events.maxAge());
        return stages.start(
                "event journal",
                () -> EventJournal.open(state.resolve("events"), limits, Json.mapper(), Clock.systemUTC()),
                up -> {});
    }

    private ConsoleLog openConsoleLog(Path state) {
        ConsoleConfig console = config.console();
        ConsoleLog.Limits limits =
                new ConsoleLog.Limits(console.historyBytes(), console.totalBytes(), console.minFreeBytes());
        return stages.start(
                "console log",
                () -> ConsoleLog.open(state.resolve("consoles"), limits, Json.mapper()),
                ConsoleLog::close);
    }

    private static Vertx vertx() {
        // One loop for all: nothing on it blocks, and a message between two parts costs no thread's waking.
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        RecordCodec.install(vertx.eventBus(), Json.mapper());
        return vertx;
    }

    private XenstoreClient connect(Vertx vertx, Host host, PrometheusMeterRegistry meters) throws TimeoutException {
        XenstoreClient client = new XenstoreClient(vertx, host.xenstore(), meters);
        stages.await(client.start());
        return client;
    }

    /** The gateway owns the hypervisor from its start to its stop. */
    private void openGateway(Vertx vertx, Host host, ConsoleLog consoleLog, PrometheusMeterRegistry meters) {
        Hypervisor hypervisor = stages.start("hypervisor", () -> host.open().get(), up -> {});
        try {
            deploy(
                    vertx,
                    new HypervisorGateway(
                            hypervisor, consoleLog, config.domain().maxParallelBuilds(), meters));
        } catch (RuntimeException failure) {
            hypervisor.close();
            throw failure;
        }
    }

    private void deploy(Vertx vertx, VerticleBase verticle) {
        join(verticle.getClass().getSimpleName(), vertx, () -> vertx.deployVerticle(verticle));
    }

    private void join(String name, Vertx vertx, Supplier<Future<String>> deployment) {
        stages.start(name, () -> stages.await(deployment.get()), id -> stages.await(vertx.undeploy(id)));
    }

    private Endpoints endpoints(Vertx vertx, Path state) throws TimeoutException {
        return Endpoints.of(
                state,
                ask(vertx, FetchApiAddress.ADDRESS, new FetchApiAddress()),
                ask(vertx, FetchManagementAddress.ADDRESS, new FetchManagementAddress()));
    }

    private static void withdraw(Endpoints endpoints) throws IOException {
        LOG.info("Stopping");
        endpoints.close();
    }

    private <Q extends BusMessage, R extends BusMessage> R ask(Vertx vertx, Address<Q, R> address, Q question)
            throws TimeoutException {
        return stages.await(address.ask(vertx.eventBus(), question, STAGE_LIMIT));
    }

    private void tell(Vertx vertx, Path state, Endpoints endpoints) {
        HostInfo host = stages.start("readiness", () -> ask(vertx, ReadHost.ADDRESS, new ReadHost()), up -> {})
                .host();
        String what = host.simulated() ? "the SIMULATED host, nothing real is touched: as if on Xen {}" : "real Xen {}";
        LOG.info("Controlling " + what, host.xenVersion());
        LOG.info("API at {}, admin token in {}", endpoints.api(), state.resolve("admin.token"));
        LOG.info("Health and metrics at {}", endpoints.management());
        if (host.simulated()) {
            // On a real host the log is kept and read by others: there the token makes a link.
            LOG.info("Log in by browser, once: {}", stages.start("login link", () -> loginLink(vertx), up -> {}));
        }
        LOG.info("Ready after {} ms", sinceStart().toMillis());
    }

    private String loginLink(Vertx vertx) throws TimeoutException {
        return ask(vertx, CreateLoginLink.ADDRESS, new CreateLoginLink()).url();
    }

    private static Duration sinceStart() {
        // Java's start, not the process's: a script that turned into this process has done other things before.
        Instant start =
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        return Duration.between(start, Instant.now());
    }

    /** Stops what runs, in reverse; gives the names of the parts that did not stop. Also from another thread, and again. */
    List<String> stop() {
        List<String> notStopped = stages.stop();
        stopped.countDown();
        return notStopped;
    }

    /** Blocks until {@link #stop} is through. */
    void awaitStop() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
        }
    }

    /**
     * The shutdown hook: stops everything, waits for it, and says by the exit code whether it was clean. Java's own code after
     * SIGTERM would be 143 in either case.
     */
    void stopAtExit() {
        List<String> notStopped = stop();
        if (failed) {
            return;
        }
        if (notStopped.isEmpty()) {
            LOG.info("Stopped");
        } else {
            LOG.error("Stopped, but not cleanly: {}", String.join(", ", notStopped));
        }
        Runtime.getRuntime().halt(notStopped.isEmpty() ? STOPPED : NOT_STOPPED);
    }
}
