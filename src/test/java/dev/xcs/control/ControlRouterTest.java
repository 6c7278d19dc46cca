package dev.xcs.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Json;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.journal.EventJournal;
import dev.xcs.message.AcknowledgeSession;
import dev.xcs.message.AttachSession;
import dev.xcs.message.AwaitControl;
import dev.xcs.message.AwaitSession;
import dev.xcs.message.BindSession;
import dev.xcs.message.ChangeDomain;
import dev.xcs.message.CloseSession;
import dev.xcs.message.ControlArrived;
import dev.xcs.message.DomainChanged;
import dev.xcs.message.DomainShown;
import dev.xcs.message.Done;
import dev.xcs.message.FetchDomain;
import dev.xcs.message.HypervisorLogRead;
import dev.xcs.message.LimitXenMemory;
import dev.xcs.message.LocateControl;
import dev.xcs.message.LockControl;
import dev.xcs.message.OpenSession;
import dev.xcs.message.ReadHypervisorLog;
import dev.xcs.message.RequestAnswered;
import dev.xcs.message.RequestControl;
import dev.xcs.message.RouteControl;
import dev.xcs.message.ShutdownAsked;
import dev.xcs.model.Binding;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.ControlType;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.EventBatch;
import dev.xcs.model.EventFilter;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.RequestOutcome;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.xenstore.XenstoreClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The router against a real xenstored, with the domains' keeper and the hypervisor's log played by the test. */
class ControlRouterTest {
    private static final UUID GUEST = UUID.fromString("5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11");
    private static final UUID OTHER = UUID.fromString("5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f12");
    private static final String HOME = "/local/domain/5/";

    @TempDir
    Path directory;

    private final BusFixture fixture = new BusFixture();
    private final StringBuffer hypervisorLog = new StringBuffer("(XEN) Xen version 4.17\n");
    private final AtomicInteger changes = new AtomicInteger();
    private SimHost host;
    private XenstoreClient store;
    private String router;
    private volatile Future<DomainShown> changed = Future.succeededFuture();

    @BeforeEach
    void start() throws Exception {
        host = SimHost.start(SimHostOptions.defaults(), directory);
        store = new XenstoreClient(
                fixture.vertx(), new XenstoreConfig(host.xenstoreSocket().toString(), 64), fixture.metrics());
        BusFixture.await(store.start());
        BusFixture.await(store.write(HOME + "vm", "/vm/" + GUEST));
        FetchDomain.ADDRESS.answer(fixture.bus(), ask -> Future.succeededFuture(new DomainShown(guest(5))));
        LimitXenMemory.ADDRESS.answer(fixture.bus(), ask -> Future.succeededFuture(new Done()));
        ChangeDomain.ADDRESS.answer(fixture.bus(), ask -> {
            changes.incrementAndGet();
            return changed;
        });
        ReadHypervisorLog.ADDRESS.answer(fixture.bus(), ask -> {
            String all = hypervisorLog.toString();
            int from = (int) Math.min(ask.index(), all.length());
            return Future.succeededFuture(new HypervisorLogRead(all.substring(from), all.length()));
        });
        deploy();
        DomainChanged.ADDRESS.publish(fixture.bus(), new DomainChanged(guest(5), false, null));
        await(1, m -> m.subtype() == ControlSubtype.DOMAIN_APPEARED);
    }

    private void deploy() throws Exception {
        EventJournal journal = EventJournal.open(
                directory.resolve("events"),
                new EventJournal.Limits(1 << 20, 1 << 24, Duration.ofDays(1)),
                Json.mapper(),
                Clock.systemUTC());
        router = fixture.deploy(new ControlRouter(journal, store, fixture.metrics()));
    }

    @AfterEach
    void stop() {
        BusFixture.await(fixture.vertx().undeploy(router));
        BusFixture.await(store.close());
        fixture.close();
        host.close();
    }

    private static Domain guest(int domid) {
        return new Domain(GUEST, "web", domid, DomainState.RUNNING, DomainType.PV, 128, 2, 0, true);
    }

    private List<ControlMessage> all() {
        List<ControlMessage> all = new ArrayList<>();
        long after = 0;
        while (true) {
            EventBatch batch = fixture.ask(
                            AwaitControl.ADDRESS, new AwaitControl(EventFilter.EVERYTHING, after, 1000, 0))
                    .batch();
            if (batch.messages().isEmpty()) {
                return all;
            }
            all.addAll(batch.messages());
            after = batch.upTo();
        }
    }

    private List<ControlMessage> await(int count, Predicate<ControlMessage> wanted) throws Exception {
        Await.until(
                count + " such messages",
                Duration.ofSeconds(10),
                () -> all().stream().filter(wanted).count() >= count);
        return all().stream().filter(wanted).toList();
    }

    private void say(int count) {
        for (int i = 0; i < count; i++) {
            RouteControl.ADDRESS.publish(
                    fixture.bus(),
                    new RouteControl(ControlMessage.about(
                            OTHER, 6, ControlSubtype.DEBUG_CONNECTION_STATUS, new ControlPayload.Empty())));
        }
    }

    private static RequestControl request(
            @Nullable String session, ControlSubtype subtype, ControlPayload payload, long deadlineMillis) {
        return new RequestControl(session, "tester", GUEST, subtype, payload, deadlineMillis);
    }

    private RequestOutcome ask(RequestControl request) {
        return fixture.ask(RequestControl.ADDRESS, request).outcome();
    }

    @Test
    void numbersEverythingWithoutAGapOverARestartToo() throws Exception {
        say(500);
        await(500, m -> m.subtype() == ControlSubtype.DEBUG_CONNECTION_STATUS);
        BusFixture.await(fixture.vertx().undeploy(router));
        deploy();
        say(10);
        await(510, m -> m.subtype() == ControlSubtype.DEBUG_CONNECTION_STATUS);
        List<ControlMessage> all = all();
        assertThat(all)
                .extracting(ControlMessage::sequence)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, all.size()).boxed().toList());
    }

    @Test
    void tellsAChangeThatWasAskedForOnceAndWithWhoAsked() throws Exception {
        RequestOutcome outcome =
                ask(request(null, ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("h"), 5_000));
        assertThat(outcome.outcome()).isEqualTo(RequestOutcome.Kind.DONE);
        ControlMessage told =
                await(1, m -> m.subtype() == ControlSubtype.SHUTDOWN_SYSRQ).get(0);
        assertThat(told.correlation()).isEqualTo(outcome.request());
        assertThat(told.requestor()).isEqualTo("tester");
        assertThat(told.domain()).isEqualTo(GUEST);
        BusFixture.await(store.write(HOME + "control/sysrq", ""));
        BusFixture.await(store.write(HOME + "control/sysrq", "s"));
        List<ControlMessage> both = await(2, m -> m.subtype() == ControlSubtype.SHUTDOWN_SYSRQ);
        assertThat(both).hasSize(2);
        assertThat(both.get(1).correlation()).as("another's").isNull();
    }

    @Test
    void tellsOnceOfAKeyThatTheGuestTookAtOnce() throws Exception {
        BusFixture.await(store.watch(
                HOME + "control/sysrq",
                path -> store.read(path)
                        .onSuccess(key -> key.filter(k -> !k.isEmpty()).ifPresent(k -> store.write(path, "")))));
        RequestOutcome outcome =
                ask(request(null, ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("h"), 5_000));
        ControlMessage told =
                await(1, m -> m.subtype() == ControlSubtype.SHUTDOWN_SYSRQ).get(0);
        assertThat(told.correlation()).isEqualTo(outcome.request());
        // A second request ends the time in which the first could be told again.
        ask(request(null, ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("s"), 5_000));
        assertThat(await(2, m -> m.subtype() == ControlSubtype.SHUTDOWN_SYSRQ))
                .extracting(m -> ((ControlPayload.Sysrq) m.payload()).key())
                .containsExactly("h", "s");
    }

    @Test
    void tellsOfAKeyThatTheGuestTookAtOnceBeforeWhatIsAskedNext() throws Exception {
        BusFixture.await(store.write(HOME + "control/shutdown", ""));
        BusFixture.await(store.watch(
                HOME + "control/sysrq",
                path -> store.read(path)
                        .onSuccess(key -> key.filter(k -> !k.isEmpty()).ifPresent(k -> store.write(path, "")))));
        for (int round = 0; round < 3; round++) {
            ask(request(null, ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("h"), 5_000));
        }
        ShutdownAsked.ADDRESS.publish(fixture.bus(), new ShutdownAsked(5, "reboot"));
        assertThat(await(4, m -> m.subtype().type() == ControlType.SHUTDOWN))
                .extracting(ControlMessage::subtype)
                .containsExactly(
                        ControlSubtype.SHUTDOWN_SYSRQ,
                        ControlSubtype.SHUTDOWN_SYSRQ,
                        ControlSubtype.SHUTDOWN_SYSRQ,
                        ControlSubtype.SHUTDOWN_REBOOT);
    }

    @Test
    void tellsOfAShutdownThatTheGuestTookBeforeItCouldBeRead() throws Exception {
        BusFixture.await(store.write(HOME + "control/shutdown", ""));
        ShutdownAsked.ADDRESS.publish(fixture.bus(), new ShutdownAsked(5, "reboot"));
        // As the guest does it.
        BusFixture.await(store.write(HOME + "control/shutdown", ""));
        assertThat(await(2, m -> m.subtype().type() == ControlType.SHUTDOWN))
                .extracting(ControlMessage::subtype)
                .containsExactly(ControlSubtype.SHUTDOWN_REBOOT, ControlSubtype.SHUTDOWN_ACKNOWLEDGED);
    }

    @Test
    void tiesEachOfTwoRequestsForTheSameToItsOwnChange() throws Exception {
        Future<RequestAnswered> first = RequestControl.ADDRESS.ask(
                fixture.bus(),
                request(null, ControlSubtype.MEM_REQUEST_SET, new ControlPayload.Memory(100_000), 5_000));
        Future<RequestAnswered> second = RequestControl.ADDRESS.ask(
                fixture.bus(), request(null, ControlSubtype.MEM_REQUEST_SET, new ControlPayload.Memory(90_000), 5_000));
        String last = BusFixture.await(second).outcome().request();
        assertThat(BusFixture.await(first).outcome().request()).isNotEqualTo(last);
        // Two quick writes may be seen as one change, and that is the last one's.
        ControlMessage told = await(1, m -> m.payload().equals(new ControlPayload.Memory(90_000)))
                .get(0);
        assertThat(told.correlation()).isEqualTo(last);
    }

    @Test
    void answersExactlyOnceAtTheDeadlineWhateverComesLater() throws Exception {
        Promise<DomainShown> late = Promise.promise();
        changed = late.future();
        RequestOutcome outcome = ask(request(null, ControlSubtype.SHUTDOWN_REBOOT, new ControlPayload.Empty(), 50));
        assertThat(outcome.outcome()).isEqualTo(RequestOutcome.Kind.TIMED_OUT);
        assertThat(outcome.problem().type()).isEqualTo(ProblemType.TIMEOUT);
        late.complete(new DomainShown(guest(5)));
        changed = Future.succeededFuture(new DomainShown(guest(5)));
        assertThat(ask(request(null, ControlSubtype.SHUTDOWN_REBOOT, new ControlPayload.Empty(), 5_000))
                        .outcome())
                .isEqualTo(RequestOutcome.Kind.DONE);
        assertThat(changes).hasValue(2);
    }

    @Test
    void writesNothingWhereTheGuestHasGone() {
        BusFixture.await(store.remove("/local/domain/5"));
        assertThat(refused(ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("h"))
                        .type())
                .isEqualTo(ProblemType.CONFLICT);
        assertThat(refused(ControlSubtype.MEM_REQUEST_SET, new ControlPayload.Memory(65_536))
                        .type())
                .isEqualTo(ProblemType.CONFLICT);
        assertThat(BusFixture.await(store.list("/local/domain/5"))).isEmpty();

        BusFixture.await(store.write(HOME + "vm", "/vm/" + OTHER));
        BusFixture.await(store.write(HOME + "cpu/1/availability", "online"));
        assertThat(refused(ControlSubtype.VCPU_HOTPLUG_OFF, new ControlPayload.Vcpu(1))
                        .detail())
                .contains("that of \"/vm/" + OTHER);
        assertThat(BusFixture.await(store.read(HOME + "cpu/1/availability"))).contains("online");
    }

    @Test
    void refusesWhatItCannotDoAndWhatIsMeaningless() {
        assertThat(refused(ControlSubtype.SHUTDOWN_SUSPEND, new ControlPayload.Empty())
                        .type())
                .isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(refused(ControlSubtype.USBIF_BE_CREATE, new ControlPayload.Empty())
                        .type())
                .isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(refused(ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("H!"))
                        .detail())
                .contains("payload.key");
        assertThat(refused(ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Empty())
                        .detail())
                .contains("payload.key");
        assertThat(refused(ControlSubtype.MEM_REQUEST_SET, new ControlPayload.Memory(1))
                        .detail())
                .contains("4096 KiB");
        assertThat(refused(ControlSubtype.VCPU_HOTPLUG_ON, new ControlPayload.Vcpu(9))
                        .detail())
                .contains("made with");
        assertThat(refused(ControlSubtype.VCPU_HOTPLUG_OFF, new ControlPayload.Vcpu(0))
                        .detail())
                .contains("vcpu 0");
    }

    private Problem refused(ControlSubtype subtype, ControlPayload payload) {
        RequestOutcome outcome = ask(request(null, subtype, payload, 5_000));
        assertThat(outcome.outcome()).isEqualTo(RequestOutcome.Kind.REFUSED);
        return outcome.problem();
    }

    @Test
    void aLockKeepsOthersOutUntilItsSessionIsGone() {
        String owner = open("owner");
        String other = open("other");
        fixture.ask(LockControl.ADDRESS, new LockControl(owner, new Binding(GUEST, ControlType.SHUTDOWN)));
        RequestControl mine = request(owner, ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("h"), 5_000);
        RequestControl foreign = request(other, ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq("h"), 5_000);
        assertThat(ask(mine).outcome()).isEqualTo(RequestOutcome.Kind.DONE);
        assertThat(fixture.refused(RequestControl.ADDRESS, foreign).detail()).contains("\"owner\"");
        assertThat(fixture.refused(
                                LockControl.ADDRESS, new LockControl(other, new Binding(GUEST, ControlType.SHUTDOWN)))
                        .type())
                .isEqualTo(ProblemType.CONFLICT);
        fixture.ask(CloseSession.ADDRESS, new CloseSession(owner));
        assertThat(ask(foreign).outcome()).isEqualTo(RequestOutcome.Kind.DONE);
        assertThat(fixture.refused(RequestControl.ADDRESS, mine).type())
                .as("a session that is gone asks for nothing")
                .isEqualTo(ProblemType.NOT_FOUND);
    }

    private String open(String name, Binding... bindings) {
        return fixture.ask(OpenSession.ADDRESS, new OpenSession(name, 60, List.of(bindings)))
                .session()
                .id();
    }

    private EventBatch next(String session, String stream) {
        return fixture.ask(AwaitSession.ADDRESS, new AwaitSession(session, stream, 1000, 2_000))
                .batch();
    }

    @Test
    void aSessionGetsEachMessageOnceHoweverManyBindingsMatch() {
        String session = open("tool", Binding.ALL, new Binding(OTHER, null), new Binding(OTHER, ControlType.DEBUG));
        fixture.ask(BindSession.ADDRESS, new BindSession(session, new Binding(null, ControlType.DEBUG)));
        fixture.ask(AttachSession.ADDRESS, new AttachSession(session, "s", -1));
        say(3);
        List<Long> seen = new ArrayList<>();
        while (seen.size() < 3) {
            next(session, "s").messages().forEach(m -> seen.add(m.sequence()));
        }
        assertThat(seen).hasSize(3).doesNotHaveDuplicates();
    }

    @Test
    void aSessionThatComesBackGetsWhatItHasNotAcknowledged() {
        String session = open("tool", new Binding(OTHER, null));
        fixture.ask(AttachSession.ADDRESS, new AttachSession(session, "one", -1));
        say(4);
        List<ControlMessage> first = new ArrayList<>();
        while (first.size() < 4) {
            first.addAll(next(session, "one").messages());
        }
        fixture.ask(
                AcknowledgeSession.ADDRESS,
                new AcknowledgeSession(session, first.get(1).sequence()));
        fixture.ask(AttachSession.ADDRESS, new AttachSession(session, "two", -1));
        assertThat(fixture.refused(AwaitSession.ADDRESS, new AwaitSession(session, "one", 10, 10))
                        .type())
                .as("displaced")
                .isEqualTo(ProblemType.CONFLICT);
        assertThat(next(session, "two").messages()).isEqualTo(first.subList(2, 4));
        assertThat(fixture.refused(AttachSession.ADDRESS, new AttachSession(session, "three", 1L << 40))
                        .type())
                .as("a place that does not exist yet")
                .isEqualTo(ProblemType.GONE);
    }

    @Test
    void aBindingMadeWhileAStreamWaitsIsInForceAtOnce() {
        String session = open("tool");
        fixture.ask(AttachSession.ADDRESS, new AttachSession(session, "s", -1));
        Future<ControlArrived> waiting =
                AwaitSession.ADDRESS.ask(fixture.bus(), new AwaitSession(session, "s", 10, 20_000));
        fixture.ask(BindSession.ADDRESS, new BindSession(session, new Binding(OTHER, null)));
        say(1);
        assertThat(BusFixture.await(waiting).batch().messages()).hasSize(1);
    }

    @Test
    void followsTheHypervisorsLogWithoutRepeatingItself() throws Exception {
        hypervisorLog.append("(XEN) d5v0 Triple fault - invoking HVM shutdown action 1\n(XEN) hal");
        await(2, m -> m.subtype() == ControlSubtype.HYPERVISOR_LINE);
        BusFixture.await(fixture.vertx().undeploy(router));
        hypervisorLog.append("f a line\n");
        deploy();
        List<ControlMessage> lines = await(3, m -> m.subtype() == ControlSubtype.HYPERVISOR_LINE);
        assertThat(lines)
                .extracting(m -> ((ControlPayload.LogLine) m.payload()).text())
                .containsExactly(
                        "(XEN) Xen version 4.17",
                        "(XEN) d5v0 Triple fault - invoking HVM shutdown action 1",
                        "(XEN) half a line");
        assertThat(lines.get(1).domain()).isEqualTo(GUEST);
        assertThat(lines.get(1).domid()).isEqualTo(5);
    }

    @Test
    void findsThePlaceOfATime() throws Exception {
        Instant before = Instant.now();
        say(100);
        await(100, m -> m.subtype() == ControlSubtype.DEBUG_CONNECTION_STATUS);
        long first = all().stream()
                .filter(m -> !m.time().isBefore(before))
                .mapToLong(ControlMessage::sequence)
                .min()
                .orElseThrow();
        assertThat(located(before)).isEqualTo(first - 1);
        assertThat(located(Instant.EPOCH)).isZero();
        assertThat(located(Instant.now().plusSeconds(60))).isEqualTo(all().size());
    }

    private long located(Instant time) {
        return fixture.ask(LocateControl.ADDRESS, new LocateControl(time)).before();
    }

    @Test
    void countsMessagesByTypeAndTheirLag() throws Exception {
        say(7);
        await(7, m -> m.subtype() == ControlSubtype.DEBUG_CONNECTION_STATUS);
        assertThat(fixture.metrics()
                        .get("xcs.control.messages")
                        .tag("message", "DEBUG.CONNECTION_STATUS")
                        .counter()
                        .count())
                .isEqualTo(7);
        assertThat(fixture.metrics().get("xcs.control.lag").timer().count()).isGreaterThanOrEqualTo(7);
    }
}
