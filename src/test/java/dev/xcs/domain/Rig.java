package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig.BuilderPlace;
import dev.xcs.config.DaemonConfig.DomainConfig;
import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.config.DaemonConfig.PvgrubConfig;
import dev.xcs.journal.Definition;
import dev.xcs.journal.Definitions;
import dev.xcs.message.ChangeDomain;
import dev.xcs.message.CreateDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.FetchDomains;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.testing.FakeXenstore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A domain keeper with everything around it faked, driven from the test thread. */
final class Rig implements AutoCloseable {
    static final PvgrubConfig PVGRUB = new PvgrubConfig(Path.of("/grub/pv"), Path.of("/grub/pvh"));

    static final HvmConfig HVM =
            new HvmConfig(Path.of("/hvm/loader"), Path.of("/hvm/bios"), Path.of("/hvm/uefi"), Path.of("/hvm/qemu"));

    static final Deadlines QUICK = new Deadlines(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(5),
            Duration.ofMillis(400),
            Duration.ofMillis(300),
            Duration.ofMillis(1500),
            Duration.ofSeconds(3));

    final Vertx vertx = Vertx.vertx();
    final FakeXenstore store = new FakeXenstore();
    final FakeHost host;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final List<DomainChanged> changes = new CopyOnWriteArrayList<>();
    private final Path stateDir;
    private String deployment = "";

    Rig(Path stateDir) {
        this.stateDir = stateDir;
        RecordCodec.install(vertx.eventBus(), Json.mapper());
        host = new FakeHost(vertx.eventBus(), store);
        store.put("/local/domain/0/name", "Domain-0");
        DomainChanged.ADDRESS.listen(vertx.eventBus(), changes::add);
    }

    static Rig started(Path stateDir) {
        Rig rig = new Rig(stateDir);
        rig.start();
        return rig;
    }

    void start() {
        start(QUICK);
    }

    void start(Deadlines deadlines) {
        DomainConfig config = new DomainConfig(
                2, Duration.ofMinutes(10), 2, BuilderPlace.PROCESS, Duration.ofMillis(200), Optional.empty());
        deployment = await(
                vertx.deployVerticle(new DomainKeeper(store, definitions(), config, PVGRUB, HVM, meters, deadlines)));
    }

    /** The daemon ends, the host does not. */
    void stop() {
        if (!deployment.isEmpty()) {
            await(vertx.undeploy(deployment));
            deployment = "";
        }
    }

    Definitions definitions() {
        return new Definitions(stateDir, Json.mapper());
    }

    Future<Domain> creating(DomainSpec spec) {
        return CreateDomain.ADDRESS
                .ask(vertx.eventBus(), new CreateDomain(spec))
                .map(shown -> shown.domain());
    }

    /** Without a word about its type. */
    Domain createOfAnyType(DomainSpec spec) {
        return await(CreateDomain.ADDRESS.ask(vertx.eventBus(), new CreateDomain(spec, true)))
                .domain();
    }

    Domain create(DomainSpec spec) {
        return await(creating(spec));
    }

    Future<Domain> changing(UUID uuid, DesiredState state) {
        return ChangeDomain.ADDRESS
                .ask(vertx.eventBus(), new ChangeDomain(uuid, state))
                .map(shown -> shown.domain());
    }

    Domain change(UUID uuid, DesiredState state) {
        return await(changing(uuid, state));
    }

    Future<Void> destroying(UUID uuid) {
        return DestroyDomain.ADDRESS
                .ask(vertx.eventBus(), new DestroyDomain(uuid))
                .mapEmpty();
    }

    void destroy(UUID uuid) {
        await(destroying(uuid));
    }

    Domain show(UUID uuid) {
        return await(FetchDomain.ADDRESS.ask(vertx.eventBus(), new FetchDomain(uuid)))
                .domain();
    }

    List<Domain> list() {
        return await(FetchDomains.ADDRESS.ask(vertx.eventBus(), new FetchDomains()))
                .domains();
    }

    List<String> names() {
        return list().stream().map(Domain::name).toList();
    }

    void untilState(UUID uuid, DomainState state) {
        until(() -> list().stream().anyMatch(one -> one.uuid().equals(uuid) && one.state() == state));
    }

    void untilGone(UUID uuid) {
        until(() -> list().stream().noneMatch(one -> one.uuid().equals(uuid)));
    }

    /** Only dom0 is left, in every place where something could be. */
    void assertNothingIsLeft() {
        assertThat(host.domids()).containsExactly(0);
        assertThat(store.nodes()).isEqualTo(Map.of("/local/domain/0/name", "Domain-0"));
        assertThat(names()).containsExactly("Domain-0");
        assertThat(definitions().load()).isEmpty();
    }

    Definition definition(UUID uuid) {
        return definitions().load().stream()
                .filter(one -> one.uuid().equals(uuid))
                .findAny()
                .orElseThrow();
    }

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline of what was awaited").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    static Problem problemOf(Future<?> failing) {
        try {
            Object result = failing.toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
            throw new AssertionError("It succeeded: " + result);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(ProblemException.class);
            return ProblemException.of(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(15, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        stop();
        await(vertx.close());
    }
}
