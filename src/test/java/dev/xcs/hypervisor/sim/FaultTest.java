package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.EventChannels;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import dev.xcs.testing.Await;
import dev.xcs.xenstore.wire.Op;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every fault does what its name says; one test for each. */
class FaultTest {
    private static final Duration SLOWNESS = Duration.ofMillis(400);

    @TempDir
    Path dir;

    private SimHost host;
    private Hypervisor hypervisor;

    @BeforeEach
    void switchOn() {
        SimHostOptions options =
                SimHostOptions.defaults().withBootTime(Duration.ofMillis(10)).withSlowness(SLOWNESS);
        host = SimHost.start(options, dir);
        hypervisor = host.hypervisor();
    }

    @AfterEach
    void switchOff() {
        host.close();
    }

    private int create() {
        return hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1);
    }

    private BuiltDomain build(int domid) {
        return hypervisor.domains().build(new BuildRequest(domid, DomainType.PV, 64, 1, "sim:linux", List.of(), null));
    }

    private static Problem problemOf(Runnable call) {
        return catchThrowableOfType(ProblemException.class, call::run).problem();
    }

    private static long nanosOf(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return System.nanoTime() - start;
    }

    @Test
    void lostEventLeavesOutputInTheRingUnannounced() {
        try (TestGuest guest = TestGuest.up(host)) {
            EventChannels events = guest.hypervisor().eventChannels();
            guest.drain();
            events.await(50);
            guest.drain();
            host.faults().armFor(Fault.LOST_EVENT, guest.domid, Faults.ALWAYS);
            guest.type("echo unheard\r");
            assertThat(events.await(200).ports()).isEmpty();
            assertThat(host.faults().struck(Fault.LOST_EVENT)).isPositive();
            assertThat(guest.drain()).isPositive();
            assertThat(guest.printed()).contains("echo unheard");
        }
    }

    @Test
    void eventOverflowLosesWhatWasQueuedAndSaysSo() {
        int domid = create();
        BuiltDomain built = build(domid);
        host.faults().arm(Fault.EVENT_OVERFLOW, 1);
        int port = hypervisor.eventChannels().bind(domid, built.consolePort());
        EventChannels.Raised raised = hypervisor.eventChannels().await(1000);
        assertThat(raised.overflowed()).isTrue();
        assertThat(raised.ports()).isEmpty();
        assertThat(hypervisor.eventChannels().await(20).overflowed()).isFalse();
        // What was lost stays masked until it is unmasked, and then works again.
        hypervisor.domains().unpause(domid);
        hypervisor.eventChannels().unmask(List.of(port));
        assertThat(hypervisor.eventChannels().await(5000).ports()).containsExactly(port);
    }

    @Test
    void spuriousEventComesWithAnEmptyRing() {
        int domid = create();
        int port = hypervisor.eventChannels().bind(domid, build(domid).consolePort());
        assertThat(hypervisor.eventChannels().await(1000).ports()).containsExactly(port);
        host.faults().arm(Fault.SPURIOUS_EVENT, 1);
        hypervisor.eventChannels().unmask(List.of(port));
        assertThat(hypervisor.eventChannels().await(1000).ports()).containsExactly(port);
        hypervisor.eventChannels().unmask(List.of(port));
        assertThat(hypervisor.eventChannels().await(20).ports()).isEmpty();
    }

    @Test
    void corruptRingYieldsNoBytesThatWereNotPrinted() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            host.faults().armFor(Fault.CORRUPT_RING, guest.domid, 1);
            guest.type("echo lost\r");
            Await.until("the fault", TestGuest.PATIENCE, () -> host.faults().struck(Fault.CORRUPT_RING) == 1);
            Await.until("the guest goes on", TestGuest.PATIENCE, () -> {
                guest.drain();
                guest.type("echo sa'n'e\r");
                return guest.printed().contains("\nsane");
            });
            assertThat(guest.printed()).hasSizeLessThan(10_000);
        }
    }

    @Test
    void stuckFrontendIgnoresAShutdown() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            host.faults().armFor(Fault.STUCK_FRONTEND, guest.domid, 1);
            guest.write("control/shutdown", "poweroff");
            Await.until("the fault", TestGuest.PATIENCE, () -> host.faults().struck(Fault.STUCK_FRONTEND) == 1);
            assertThat(guest.answer("echo here")).isEqualTo("here");
            assertThat(guest.read("control/shutdown")).isEqualTo("poweroff");
            guest.write("control/shutdown", "poweroff");
            guest.untilEnded(ShutdownReason.POWEROFF);
        }
    }

    @Test
    void crashAtBootPanicsBeforeTheShell() throws Exception {
        host.faults().arm(Fault.CRASH_AT_BOOT, 1);
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "")) {
            guest.untilEnded(ShutdownReason.CRASH);
            assertThat(guest.printed()).contains("Kernel panic").doesNotContain("login:");
        }
        TestGuest.up(host).close();
    }

    @Test
    void createEnomemMakesNoDomain() {
        host.faults().arm(Fault.CREATE_ENOMEM, 1);
        long free = hypervisor.host().freeMemoryKib();
        Problem problem = problemOf(this::create);
        assertThat(problem.type()).isEqualTo(ProblemType.OUT_OF_MEMORY);
        assertThat(problem.call()).isEqualTo("xc_domain_create");
        assertThat(problem.retryable()).isTrue();
        assertThat(hypervisor.domains().list()).hasSize(1);
        assertThat(hypervisor.host().freeMemoryKib()).isEqualTo(free);
        assertThat(create()).isPositive();
    }

    @Test
    void buildFailsLeavesAHalfPopulatedDomainToDestroy() {
        long free = hypervisor.host().freeMemoryKib();
        int domid = create();
        host.faults().arm(Fault.BUILD_FAILS, 1);
        assertThat(problemOf(() -> build(domid)).call()).isEqualTo("xc_dom_build_image");
        assertThat(hypervisor.domains().find(domid).orElseThrow().memoryKib()).isEqualTo(32 * 1024);
        hypervisor.domains().destroy(domid);
        assertThat(hypervisor.host().freeMemoryKib()).isEqualTo(free);
    }

    @Test
    void buildSlowHoldsUpNobodyElse() {
        int slow = create();
        host.faults().armFor(Fault.BUILD_SLOW, slow, 1);
        int other = create();
        assertThat(nanosOf(() -> build(other))).isLessThan(SLOWNESS.toNanos());
        assertThat(nanosOf(() -> build(slow))).isGreaterThanOrEqualTo(SLOWNESS.toNanos());
    }

    @Test
    void mapConsoleFailsAndLeavesNoMapping() {
        int domid = create();
        long frame = build(domid).consoleFrame();
        host.faults().arm(Fault.MAP_CONSOLE_FAILS, 1);
        assertThat(problemOf(() -> hypervisor.consoleRings().map(domid, frame)).call())
                .isEqualTo("xengnttab_map_grant_ref");
        hypervisor.domains().destroy(domid);
        assertThat(hypervisor.domains().find(domid)).isEmpty();
    }

    @Test
    void bindEinvalLooksAsIfAnotherProcessHadThePort() {
        int domid = create();
        int remotePort = build(domid).consolePort();
        host.faults().arm(Fault.BIND_EINVAL, 1);
        assertThat(problemOf(() -> hypervisor.eventChannels().bind(domid, remotePort))
                        .errno())
                .isEqualTo(22);
        assertThat(hypervisor.eventChannels().bind(domid, remotePort)).isPositive();
    }

    @Test
    void unpauseFailsAndTheDomainStaysPaused() {
        int domid = create();
        build(domid);
        host.faults().arm(Fault.UNPAUSE_FAILS, 1);
        assertThat(problemOf(() -> hypervisor.domains().unpause(domid)).call()).isEqualTo("xc_domain_unpause");
        assertThat(hypervisor.domains().find(domid).orElseThrow().paused()).isTrue();
    }

    @Test
    void destroySlowTakesItsTime() {
        int domid = create();
        host.faults().arm(Fault.DESTROY_SLOW, 1);
        assertThat(nanosOf(() -> hypervisor.domains().destroy(domid))).isGreaterThanOrEqualTo(SLOWNESS.toNanos());
        assertThat(hypervisor.domains().find(domid)).isEmpty();
    }

    @Test
    void zombieStaysDyingUntilDisarmed() {
        long free = hypervisor.host().freeMemoryKib();
        int domid = create();
        build(domid);
        host.faults().arm(Fault.ZOMBIE, 1);
        hypervisor.domains().destroy(domid);
        assertThat(hypervisor.domains().find(domid).orElseThrow().dying()).isTrue();
        hypervisor.domains().destroy(domid);
        assertThat(problemOf(() -> hypervisor.domains().unpause(domid)).errno()).isEqualTo(3);
        host.faults().disarm(Fault.ZOMBIE);
        assertThat(hypervisor.domains().find(domid)).isEmpty();
        assertThat(hypervisor.host().freeMemoryKib()).isEqualTo(free);
    }

    @Test
    void listFailsForAMoment() {
        host.faults().arm(Fault.LIST_FAILS, 1);
        assertThat(problemOf(() -> hypervisor.domains().list()).call()).isEqualTo("xc_domain_getinfolist");
        assertThat(hypervisor.domains().list()).hasSize(1);
    }

    @Test
    void slowXenstoreAnswersLate() {
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            host.faults().arm(Fault.SLOW_XENSTORE, 1);
            long slow = nanosOf(() -> store.ask(Op.READ, "/local/domain/0/name"));
            assertThat(slow).isGreaterThanOrEqualTo(SLOWNESS.dividedBy(40).toNanos());
            assertThat(host.faults().struck(Fault.SLOW_XENSTORE)).isEqualTo(1);
        }
    }

    @Test
    void xenstoreEagainRefusesACommitOnce() {
        host.faults().arm(Fault.XENSTORE_EAGAIN, 1);
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            assertThatThrownBy(() -> store.ask(Op.TRANSACTION_END, "T")).hasMessageContaining("EAGAIN");
            assertThatThrownBy(() -> store.ask(Op.TRANSACTION_END, "T")).hasMessageNotContaining("EAGAIN");
        }
    }

    @Test
    void xenstoreQuotaRefusesAWriteOnce() {
        host.faults().armFor(Fault.XENSTORE_QUOTA, 9, 1);
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            store.write("/local/domain/8/name", "not meant");
            assertThatThrownBy(() -> store.write("/local/domain/9/name", "x")).hasMessageContaining("EQUOTA");
            store.write("/local/domain/9/name", "x");
        }
    }

    @Test
    void xenstoreDisconnectCutsClientsOff() {
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            host.faults().arm(Fault.XENSTORE_DISCONNECT, 1);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            store.ask(Op.READ, "/local/domain/0/name");
                        }
                    })
                    .isInstanceOf(ProblemException.class);
        }
        try (StoreClient again = new StoreClient(host.xenstoreSocket())) {
            assertThatCode(() -> again.ask(Op.READ, "/local/domain/0/name")).doesNotThrowAnyException();
        }
    }
}
