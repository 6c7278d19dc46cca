package dev.xcs.hypervisor.sim;

import static dev.xcs.testing.BusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.console.ConsoleSwitch;
import dev.xcs.evtchn.EventChannelPoller;
import dev.xcs.gateway.HypervisorGateway;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Consoles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateway, poller and console switch with simulated guests at the other end of the ring. */
class SimConsoleTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);

    private SimHost host;
    private Faults faults;
    private final ConsoleLog log = Consoles.log(64 * 1024);
    private final BusFixture on = new BusFixture();
    private String consoles = "";
    private String poller = "";
    private String gateway = "";

    @BeforeEach
    void switchOn(@TempDir Path stateDir) {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(20)), stateDir);
        faults = host.faults();
        deploy();
    }

    private void deploy() {
        gateway = on.deploy(new HypervisorGateway(host.hypervisor(), log, 1, on.metrics()));
        consoles = on.deploy(new ConsoleSwitch(Consoles.config(64 * 1024), log, on.metrics()));
        poller = on.deploy(new EventChannelPoller(on.metrics()));
    }

    @AfterEach
    void close() {
        await(on.vertx().undeploy(consoles));
        on.close();
        host.close();
    }

    private AttachConsole build(UUID uuid) {
        int domid = on.ask(CreateXenDomain.ADDRESS, new CreateXenDomain(uuid, DomainType.PV, 1))
                .domid();
        BuildRequest request = new BuildRequest(domid, DomainType.PV, 64, 1, "sim:linux", List.of(), null);
        BuiltDomain built =
                on.ask(BuildXenDomain.ADDRESS, new BuildXenDomain(request)).built();
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            ForeignToolstack.publish(store, new ForeignDomain(domid, uuid, "guest"), built, 64);
        }
        return new AttachConsole(
                uuid, domid, built.consoleFrame(), built.consolePort(), GuestOs.LINUX, false, Instant.now());
    }

    private void boot(UUID uuid) throws Exception {
        AttachConsole console = build(uuid);
        on.ask(AttachConsole.ADDRESS, console);
        on.ask(UnpauseXenDomain.ADDRESS, new UnpauseXenDomain(console.domid()));
        awaitShown(uuid, "# ");
    }

    private void awaitShown(UUID uuid, String text) throws Exception {
        Await.until(text + " is shown", SOON, () -> shown(uuid).contains(text));
    }

    private String shown(UUID uuid) {
        return Consoles.kept(on, uuid).text();
    }

    private void type(UUID uuid, String text) {
        new Consoles.Writer(on, uuid).type(text);
    }

    @Test
    void showsTheBootAndAnswersWhatIsTyped() throws Exception {
        boot(ONE);

        type(ONE, "echo mar''ker\n");

        awaitShown(ONE, "mar''ker");
        type(ONE, "uname\n");
        awaitShown(ONE, "Linux");
    }

    @Test
    void aShellAnswersWhileEventsAreLostAndTheQueueOverflows() throws Exception {
        boot(ONE);
        faults.arm(Fault.SPURIOUS_EVENT, 5);
        for (Fault fault : new Fault[] {Fault.LOST_EVENT, Fault.EVENT_OVERFLOW}) {
            faults.arm(fault, 1);
            type(ONE, "echo after-" + fault + "\n");
            awaitShown(ONE, "\nafter-" + fault);
            assertThat(faults.struck(fault)).isPositive();
        }
    }

    @Test
    void aGuestThatPrintsWithoutEndLeavesTheOtherItsTurn() throws Exception {
        boot(ONE);
        boot(TWO);
        type(ONE, "yes\n");
        Await.until("the first floods", SOON, () -> Consoles.kept(on, ONE).offset() > 0);

        type(TWO, "echo here\n");

        awaitShown(TWO, "\nhere");
    }

    @Test
    void leavesAConsoleThatAnotherProcessHasBound() {
        AttachConsole console = build(ONE);
        faults.armFor(Fault.BIND_EINVAL, console.domid(), 1);

        Problem refusal = on.refused(AttachConsole.ADDRESS, console);

        assertThat(refusal.type()).isEqualTo(ProblemType.CONFLICT);
        on.ask(AttachConsole.ADDRESS, console);
    }

    @Test
    void bearsAGuestThatWritesNonsenseIntoItsRing() throws Exception {
        boot(ONE);
        boot(TWO);
        faults.arm(Fault.CORRUPT_RING, 1);
        type(ONE, "ls\n");
        Await.until("the ring is corrupt", SOON, () -> faults.struck(Fault.CORRUPT_RING) == 1);

        type(TWO, "echo alive\n");

        awaitShown(TWO, "\nalive");
    }

    @Test
    void anotherProcessGoesOnWhereThisOneStopped() throws Exception {
        AttachConsole console = build(ONE);
        on.ask(AttachConsole.ADDRESS, console);
        on.ask(UnpauseXenDomain.ADDRESS, new UnpauseXenDomain(console.domid()));
        awaitShown(ONE, "# ");
        await(on.vertx().undeploy(consoles));
        await(on.vertx().undeploy(poller));
        await(on.vertx().undeploy(gateway));

        deploy();
        on.ask(AttachConsole.ADDRESS, console);
        type(ONE, "echo back\n");

        awaitShown(ONE, "\nback");
    }
}
