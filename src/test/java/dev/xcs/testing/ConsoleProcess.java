package dev.xcs.testing;

import dev.xcs.api.ApiServer;
import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig.ApiConfig;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.console.ConsoleSwitch;
import dev.xcs.evtchn.EventChannelPoller;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.DomainShown;
import dev.xcs.message.FetchApiAddress;
import dev.xcs.message.FetchDomain;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** All that a console goes through (gateway, poller, switch, API) in a process of its own, for one guest whose ring outlives it. */
public final class ConsoleProcess implements AutoCloseable {
    public static final UUID GUEST = new UUID(7, 7);
    private static final int DOMID = 3;
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path dir;
    private final Process process;

    private ConsoleProcess(Path dir, Process process) {
        this.dir = dir;
        this.process = process;
    }

    static Path ring(Path dir) {
        return dir.resolve("ring");
    }

    /** @param adopted whether the guest ran before */
    public static ConsoleProcess start(Path dir, long historyBytes, boolean adopted) throws Exception {
        Files.deleteIfExists(dir.resolve("address"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConsoleProcess.class.getName(),
                        dir.toString(),
                        Long.toString(historyBytes),
                        Boolean.toString(adopted))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile()))
                .start();
        ConsoleProcess started = new ConsoleProcess(dir, process);
        Await.until("it serves", SOON, started::serves);
        return started;
    }

    private boolean serves() throws Exception {
        if (!process.isAlive()) {
            throw new AssertionError("It ended: " + Files.readString(dir.resolve("log")));
        }
        return Files.exists(dir.resolve("address"));
    }

    public ApiClient api() throws Exception {
        return new ApiClient(
                URI.create(Files.readString(dir.resolve("address"))),
                Files.readString(dir.resolve("admin.token")).strip());
    }

    public SharedConsole guest() {
        return SharedConsole.guest(ring(dir));
    }

    /** As kill -9 does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** In the process: the parts of the daemon, as it deploys them. */
    public static void main(String[] args) throws Exception {
        Path dir = Path.of(args[0]);
        ConsoleLog log = Consoles.log(dir.resolve("consoles"), Long.parseLong(args[1]));
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        RecordCodec.install(vertx.eventBus(), Json.mapper());
        ConsoleConfig config = Consoles.config(16 * 1024);
        ApiConfig api = new ApiConfig("127.0.0.1", 0, 1 << 20, 256, List.of());
        BusFixture.await(vertx.deployVerticle(new HypervisorGateway(SharedConsole.host(ring(dir)), log, 1, meters)));
        BusFixture.await(vertx.deployVerticle(new EventChannelPoller(meters)));
        BusFixture.await(vertx.deployVerticle(new ConsoleSwitch(config, log, meters)));
        FetchDomain.ADDRESS.answer(vertx.eventBus(), asked -> Future.succeededFuture(new DomainShown(domain())));
        @Nullable Instant begun = Boolean.parseBoolean(args[2]) ? null : Instant.now();
        BusFixture.await(AttachConsole.ADDRESS.ask(
                vertx.eventBus(), new AttachConsole(GUEST, DOMID, 1, 1, GuestOs.UNKNOWN, false, begun)));
        BusFixture.await(
                vertx.deployVerticle(new ApiServer(api, ConsoleParts.NO_GRUB, config.viewIdle(), dir, meters)));
        int port = BusFixture.await(FetchApiAddress.ADDRESS.ask(vertx.eventBus(), new FetchApiAddress()))
                .port();
        Path draft = Files.writeString(dir.resolve("address.new"), "http://127.0.0.1:" + port);
        Files.move(draft, dir.resolve("address"), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Domain domain() {
        return new Domain(GUEST, "printer", DOMID, DomainState.RUNNING, DomainType.PV, 64, 1, 0, true);
    }
}
