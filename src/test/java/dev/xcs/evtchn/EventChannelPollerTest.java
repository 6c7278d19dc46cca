package dev.xcs.evtchn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Address;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.Done;
import dev.xcs.message.ForgetChannel;
import dev.xcs.message.PortRaised;
import dev.xcs.message.WatchChannel;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.FakeHypervisor;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventChannelPollerTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SCAN = Duration.ofMillis(300);
    private static final Duration NEVER = Duration.ofHours(1);

    private final BusFixture on = new BusFixture();
    private final FakeHypervisor host = new FakeHypervisor();
    private final Map<String, List<PortRaised>> told = new ConcurrentHashMap<>();
    private String poller = "";

    @BeforeEach
    void deploy() {
        on.deploy(new HypervisorGateway(host, ConsoleLog.forgetful(), 1, on.metrics()));
    }

    @AfterEach
    void close() {
        on.close();
    }

    private void poll(Duration scanEvery, Duration ownerTimeout) {
        poller = on.deploy(new EventChannelPoller(on.metrics(), scanEvery, ownerTimeout));
    }

    /** An owner that notes what it is told and answers as the test says. */
    private String owner(String name, Supplier<Future<Done>> answer) {
        List<PortRaised> mine = told.computeIfAbsent(name, none -> new CopyOnWriteArrayList<>());
        new Address<PortRaised, Done>(name).answer(on.bus(), event -> {
            mine.add(event);
            return answer.get();
        });
        return name;
    }

    private String owner(String name) {
        return owner(name, () -> Future.succeededFuture(new Done()));
    }

    private int watch(int domid, String owner) {
        host.guest(domid);
        return on.ask(WatchChannel.ADDRESS, new WatchChannel(domid, domid, owner))
                .port();
    }

    private void raise(int domid) {
        host.guest(domid).offer(new byte[1], 0);
    }

    private void awaitTold(String owner, int times) throws Exception {
        Await.until(
                owner + " is told " + times + " times",
                SOON,
                () -> told.get(owner).size() >= times);
    }

    private void awaitUnmasked(int port) throws Exception {
        Await.until(
                "port " + port + " is unmasked", SOON, () -> !host.channels().isMasked(port));
    }

    @Test
    void tellsTheOwnerAndUnmasksWhenItHasAnswered() throws Exception {
        poll(NEVER, NEVER);
        int port = watch(7, owner("seven"));
        awaitTold("seven", 1);
        awaitUnmasked(port);
        for (int i = 2; i < 100; i++) {
            raise(7);
            awaitTold("seven", i);
            awaitUnmasked(port);
        }

        assertThat(told.get("seven")).containsOnly(new PortRaised(7, port)).hasSize(99);
        assertThat(on.metrics().get("xcs.evtchn.events").counter().count()).isEqualTo(99);
        assertThat(on.metrics().get("xcs.evtchn.watched").gauge().value()).isEqualTo(1);
    }

    @Test
    void anOwnerThatNeverAnswersKeepsItsOwnPortMaskedAndDelaysNobody() throws Exception {
        poll(NEVER, NEVER);
        int stuck = watch(1, owner("stuck", () -> Future.future(never -> {})));
        awaitTold("stuck", 1);
        int port = watch(2, owner("good"));
        for (int i = 1; i < 50; i++) {
            awaitTold("good", i);
            awaitUnmasked(port);
            raise(1);
            raise(2);
        }

        assertThat(told.get("stuck")).hasSize(1);
        assertThat(host.channels().isMasked(stuck)).isTrue();
    }

    @Test
    void unmasksAPortWhoseOwnerDoesNotAnswerInTimeOrFails() throws Exception {
        poll(NEVER, Duration.ofMillis(100));
        int silent = watch(1, owner("silent", () -> Future.future(never -> {})));
        int failing = watch(
                2,
                owner(
                        "failing",
                        () -> Future.failedFuture(
                                Problem.of(ProblemType.INTERNAL, "no").toException())));
        int nobody = watch(3, "nobody-listens-here");

        awaitUnmasked(silent);
        awaitUnmasked(failing);
        awaitUnmasked(nobody);
        assertThat(on.metrics().get("xcs.evtchn.owner.failures").counter().count())
                .isEqualTo(3);
    }

    @Test
    void looksAtEveryPortAfterAnOverflow() throws Exception {
        poll(NEVER, NEVER);
        List<Integer> ports = List.of(watch(1, owner("one")), watch(2, owner("two")), watch(3, owner("three")));
        for (String owner : told.keySet()) {
            awaitTold(owner, 1);
        }
        for (int port : ports) {
            awaitUnmasked(port);
        }
        host.channels().loseNext(3);
        raise(1);
        raise(2);
        raise(3);
        assertThat(ports).allMatch(host.channels()::isMasked);

        host.channels().overflow();

        for (String owner : told.keySet()) {
            awaitTold(owner, 2);
        }
        for (int port : ports) {
            awaitUnmasked(port);
        }
    }

    @Test
    void healsALostEventByTheSlowScan() throws Exception {
        poll(SCAN, NEVER);
        int port = watch(1, owner("one"));
        awaitTold("one", 1);
        awaitUnmasked(port);
        host.channels().loseNext(1);
        raise(1);
        int before = told.get("one").size();

        awaitTold("one", before + 1);
        awaitUnmasked(port);
        assertThat(host.channels().hasLostAll()).isTrue();
    }

    @Test
    void countsAndIgnoresPortsThatNobodyWatches() throws Exception {
        poll(NEVER, NEVER);
        host.channels().fire(500);
        host.channels().fire(501);
        int port = watch(1, owner("one"));
        awaitTold("one", 1);

        awaitUnmasked(port);
        Await.until(
                "both are counted",
                SOON,
                () -> on.metrics().get("xcs.evtchn.unknown").counter().count() == 2);
    }

    @Test
    void neverTellsTheOldOwnerOfANumberThatIsUsedAgain() throws Exception {
        poll(NEVER, NEVER);
        var answer = new CompletableFuture<Done>();
        int port = watch(1, owner("old", () -> Future.fromCompletionStage(answer)));
        awaitTold("old", 1);
        on.ask(ForgetChannel.ADDRESS, new ForgetChannel(1, port));
        var unanswered = new CompletableFuture<Done>();
        assertThat(watch(2, owner("new", () -> Future.fromCompletionStage(unanswered))))
                .isEqualTo(port);
        awaitTold("new", 1);
        assertThat(host.channels().isMasked(port)).isTrue();

        answer.complete(new Done());
        on.ask(ForgetChannel.ADDRESS, new ForgetChannel(1, port));
        raise(2);
        int other = watch(3, owner("third"));
        awaitTold("third", 1);
        awaitUnmasked(other);

        assertThat(host.channels().isMasked(port))
                .as("masked by the new owner's event")
                .isTrue();
        unanswered.complete(new Done());
        awaitTold("new", 2);
        assertThat(told.get("old")).hasSize(1);
        assertThat(told.get("new")).containsOnly(new PortRaised(2, port));
    }

    @Test
    void goesOnWhenAwaitFails() throws Exception {
        host.fail("await", Problem.of(ProblemType.HYPERVISOR, "no events").toException());
        poll(NEVER, NEVER);
        host.guest(1);
        int port = watch(1, owner("one"));
        Await.until(
                "await failed twice",
                SOON,
                () -> on.metrics()
                                .get("xcs.native.failures")
                                .tag("call", "await")
                                .counter()
                                .count()
                        >= 2);

        host.mend("await");

        awaitTold("one", 1);
        awaitUnmasked(port);
        assertThat(on.metrics().get("xcs.evtchn.loop.age").gauge().value()).isBetween(0.0, 20.0);
    }

    @Test
    void carriesTheReasonWhyAPortCannotBeBound() {
        poll(NEVER, NEVER);
        host.channels().takenByAnother(1);

        Problem refusal = on.refused(WatchChannel.ADDRESS, new WatchChannel(1, 1, owner("one")));

        assertThat(refusal.errno()).isEqualTo(22);
        assertThat(on.metrics().get("xcs.evtchn.watched").gauge().value()).isZero();
    }

    @Test
    void keepsAPortThatCannotBeGivenBackAndGivesItBackWhenAskedAgain() throws Exception {
        poll(NEVER, NEVER);
        int port = watch(1, owner("one"));
        awaitTold("one", 1);
        host.fail("unbind", Problem.of(ProblemType.HYPERVISOR, "no").toException());
        on.refused(ForgetChannel.ADDRESS, new ForgetChannel(1, port));
        host.mend("unbind");

        on.ask(ForgetChannel.ADDRESS, new ForgetChannel(1, port));
        on.ask(ForgetChannel.ADDRESS, new ForgetChannel(1, port));

        assertThat(host.channels().bound()).isZero();
    }

    @Test
    void givesEveryPortBackWhenItStops() {
        poll(NEVER, NEVER);
        watch(1, owner("one"));
        watch(2, owner("two", () -> Future.future(never -> {})));

        BusFixture.await(on.vertx().undeploy(poller));

        assertThat(host.channels().bound()).isZero();
    }
}
