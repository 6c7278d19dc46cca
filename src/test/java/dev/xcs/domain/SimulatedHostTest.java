package dev.xcs.domain;

import static dev.xcs.testing.BusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.bus.Json;
import dev.xcs.config.DaemonConfig.BuilderPlace;
import dev.xcs.config.DaemonConfig.DomainConfig;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.console.ConsoleSwitch;
import dev.xcs.evtchn.EventChannelPoller;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.hypervisor.sim.ForeignDomain;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.journal.Definitions;
import dev.xcs.message.ChangeDomain;
import dev.xcs.message.CreateDomain;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.FetchDomains;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ProblemException;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Consoles;
import dev.xcs.xenstore.XenstoreClient;
import io.vertx.core.Deployable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The keeper with everything that the daemon has below it, on the simulated host. */
class SimulatedHostTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    @TempDir
    Path directory;

    private final Deque<String> deployed = new ArrayDeque<>();
    private SimHost host;
    private BusFixture daemon;
    private XenstoreClient store;
    private List<String> before;

    @BeforeEach
    void start() {
        host = SimHost.start(
                SimHostOptions.defaults().withBootTime(Duration.ofMillis(50)).withSlowness(Duration.ofMillis(200)),
                directory);
        before = nodes();
        startDaemon();
    }

    private void startDaemon() {
        daemon = new BusFixture();
        ConsoleLog consoles = Consoles.log(directory.resolve("consoles"), 65536);
        store = new XenstoreClient(
                daemon.vertx(), new XenstoreConfig(host.xenstoreSocket().toString(), 64), daemon.metrics());
        await(store.start());
        deploy(new HypervisorGateway(host.hypervisor(), consoles, 2, daemon.metrics()));
        deploy(new EventChannelPoller(daemon.metrics()));
        deploy(new ConsoleSwitch(Consoles.config(4096), consoles, daemon.metrics()));
        deploy(new DomainKeeper(
                store,
                new Definitions(directory, Json.mapper()),
                new DomainConfig(
                        3, Duration.ofMinutes(1), 2, BuilderPlace.PROCESS, Duration.ofSeconds(5), Optional.empty()),
                Rig.PVGRUB,
                Rig.HVM,
                daemon.metrics()));
    }

    private void deploy(Deployable verticle) {
        deployed.push(daemon.deploy(verticle));
    }

    @AfterEach
    void stop() {
        stopDaemon();
        host.close();
    }

    private void stopDaemon() {
        while (!deployed.isEmpty()) {
            await(daemon.vertx().undeploy(deployed.pop()));
        }
        await(store.close());
        daemon.close();
    }

    @Test
    void bootsAGuestAndDestroysItWithoutATrace() throws Exception {
        UUID uuid = create("web1", "").uuid();
        untilPrinted(uuid, "Linux version");
        assertThat(change(uuid, DesiredState.PAUSED).state()).isEqualTo(DomainState.PAUSED);
        assertThat(change(uuid, DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
        destroy(uuid);
        assertNothingIsLeft();
    }

    @Test
    void rebootsAGuestAndKeepsItsConsole() throws Exception {
        UUID uuid = create("web1", "").uuid();
        untilBooted(uuid);
        change(uuid, DesiredState.REBOOTED);
        until("the second boot", () -> domid(uuid) == 2);
        until("two boots in one history", () -> printed(uuid).split("Linux version", -1).length == 3);
        change(uuid, DesiredState.SHUTDOWN);
        until("its end", () -> list().size() == 1);
        assertNothingIsLeft();
    }

    @Test
    void takesItsGuestsUpAgain() throws Exception {
        UUID uuid = create("web1", "").uuid();
        untilBooted(uuid);
        stopDaemon();
        startDaemon();
        assertThat(list()).anyMatch(one -> one.uuid().equals(uuid) && one.managed() && one.domid() == 1);
        change(uuid, DesiredState.REBOOTED);
        untilPrinted(uuid, "Linux version");
        destroy(uuid);
        assertNothingIsLeft();
    }

    @Test
    void seesWhatXlMakesWithinASecondAndItsEnd() throws Exception {
        ForeignDomain foreign = host.createForeign("db");
        Await.until(
                "it is listed",
                Duration.ofSeconds(1),
                () -> list().stream()
                        .anyMatch(one ->
                                one.uuid().equals(foreign.uuid()) && one.name().equals("db") && !one.managed()));
        destroy(foreign.uuid());
        assertThat(list()).extracting(Domain::name).containsExactly("Domain-0");
    }

    @Test
    void cleansUpAGuestThatCrashes() throws Exception {
        create("web1", "sim.crash-at-boot");
        until("its end", () -> list().size() == 1);
        assertNothingIsLeft();
    }

    @Test
    void stopsARebootLoop() throws Exception {
        UUID uuid = create("web1", "sim.reboot-loop").uuid();
        until(
                "the guard",
                () -> list().stream().anyMatch(one -> one.uuid().equals(uuid) && one.state() == DomainState.SHUTDOWN));
        assertThat(domid(uuid)).isEqualTo(4);
        destroy(uuid);
        assertNothingIsLeft();
    }

    /** Each makes exactly one creation fail, at another step. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"CREATE_ENOMEM", "BUILD_FAILS", "MAP_CONSOLE_FAILS", "BIND_EINVAL", "UNPAUSE_FAILS"})
    void leavesNothingBehindAFault(Fault fault) {
        host.faults().arm(fault, 1);
        assertThatThrownBy(() -> create("web1", ""))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        failed -> assertThat(failed.problem().step()).isNotNull());
        assertNothingIsLeft();
        create("web1", "");
    }

    /** Each is overcome without anybody noticing. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LIST_FAILS", "XENSTORE_EAGAIN", "DESTROY_SLOW", "BUILD_SLOW"})
    void overcomesAFault(Fault fault) {
        host.faults().arm(fault, 1);
        UUID uuid = create("web1", "").uuid();
        destroy(uuid);
        assertThat(host.faults().struck(fault)).isEqualTo(1);
        assertNothingIsLeft();
    }

    private Domain create(String name, String cmdline) {
        DomainSpec spec = new DomainSpec(
                UUID.randomUUID(),
                name,
                DomainType.PV,
                64,
                1,
                "sim:linux",
                List.of(),
                cmdline,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                GuestOs.UNKNOWN,
                List.of(),
                List.of(),
                null);
        return daemon.ask(CreateDomain.ADDRESS, new CreateDomain(spec)).domain();
    }

    private Domain change(UUID uuid, DesiredState wanted) {
        return daemon.ask(ChangeDomain.ADDRESS, new ChangeDomain(uuid, wanted)).domain();
    }

    private void destroy(UUID uuid) {
        daemon.ask(DestroyDomain.ADDRESS, new DestroyDomain(uuid));
    }

    private List<Domain> list() {
        return daemon.ask(FetchDomains.ADDRESS, new FetchDomains()).domains();
    }

    private int domid(UUID uuid) {
        return list().stream()
                .filter(one -> one.uuid().equals(uuid))
                .mapToInt(Domain::domid)
                .findAny()
                .orElse(-2);
    }

    private String printed(UUID uuid) {
        return Consoles.kept(daemon, uuid).text();
    }

    private void untilPrinted(UUID uuid, String text) throws Exception {
        until("the guest prints " + text, () -> printed(uuid).contains(text));
    }

    /** Its xenbus driver is up, so that it takes requests. */
    private void untilBooted(UUID uuid) throws Exception {
        String feature = NodeTree.home(domid(uuid)) + "/control/feature-poweroff";
        until(
                "the guest's drivers",
                () -> host.store().read(0, feature).filter("1"::equals).isPresent());
    }

    private static void until(String what, java.util.concurrent.Callable<Boolean> condition) throws Exception {
        Await.until(what, SOON, condition);
    }

    private void assertNothingIsLeft() {
        assertThat(list()).extracting(Domain::name).containsExactly("Domain-0");
        assertThat(nodes()).isEqualTo(before);
        try (Hypervisor fresh = host.hypervisor()) {
            assertThat(fresh.domains().list()).hasSize(1);
        }
    }

    /** Every path that has a value, without the parents that stay. */
    private List<String> nodes() {
        TreeSet<String> found = new TreeSet<>();
        collect("", found);
        return List.copyOf(found);
    }

    private void collect(String path, TreeSet<String> into) {
        for (String child : host.store().list(0, path.isEmpty() ? "/" : path)) {
            collect(path + "/" + child, into);
        }
        if (!path.isEmpty()
                && host.store().read(0, path).filter(text -> !text.isEmpty()).isPresent()) {
            into.add(path);
        }
    }
}
