package dev.xcs.domain;

import static dev.xcs.domain.Rig.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.journal.Definition;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.PrepareKernel;
import dev.xcs.model.DesiredState;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ShutdownReason;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a daemon finds that is started again on a host that went on without it. */
class AdoptionTest {
    @TempDir
    Path stateDir;

    private Rig rig;

    @BeforeEach
    void start() {
        rig = Rig.started(stateDir);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void adoptsWhatRunsAndItsConsoleFirst() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.stop();
        rig.start();
        assertThat(rig.host.calls(AttachConsole.class))
                .hasSize(2)
                .allSatisfy(attach -> assertThat(attach)
                        .returns(spec.uuid(), AttachConsole::uuid)
                        .returns(1, AttachConsole::domid)
                        .returns(2001L, AttachConsole::frame)
                        .returns(2, AttachConsole::remotePort))
                .extracting(AttachConsole::adopted)
                .containsExactly(false, true);
        assertThat(rig.show(spec.uuid()).managed()).isTrue();
        assertThat(rig.show(spec.uuid()).state()).isEqualTo(DomainState.RUNNING);
        rig.host.end(1, ShutdownReason.REBOOT);
        until(() -> rig.show(spec.uuid()).domid() == 2);
    }

    @Test
    void hasTheKernelsOfItsGuestsUnpackedBeforeTheyBootAgain() {
        rig.create(Specs.pv("web1"));
        rig.create(Specs.pv("web2"));
        assertThat(rig.host.calls(PrepareKernel.class)).isEmpty();
        rig.stop();
        rig.start();
        until(() -> !rig.host.calls(PrepareKernel.class).isEmpty());
        assertThat(rig.host.calls(PrepareKernel.class))
                .containsExactly(new PrepareKernel(Specs.pv("web1").kernel()));
    }

    @Test
    void obeysTheDefinitionOfWhatEndedMeanwhile() {
        DomainSpec reboots = Specs.pv("reboots");
        DomainSpec ends = Specs.pv("ends");
        rig.create(reboots);
        rig.create(ends);
        rig.stop();
        rig.host.end(1, ShutdownReason.REBOOT);
        rig.host.end(2, ShutdownReason.POWEROFF);
        rig.start();
        rig.untilGone(ends.uuid());
        rig.untilState(reboots.uuid(), DomainState.RUNNING);
        assertThat(rig.show(reboots.uuid()).domid()).isEqualTo(3);
    }

    @Test
    void dropsWhatIsGone() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.stop();
        rig.definitions().save(Definition.creating(Specs.pv("never-made")));
        rig.host.kill(1);
        rig.host.hold(1, false);
        rig.store.cut("/local/domain/1");
        dropConsole();
        // What the last run had no time to remove.
        rig.store.put("/local/domain/0/backend/vbd/1/51712/state", "6");
        rig.start();
        rig.assertNothingIsLeft();
    }

    /** The kernel unmaps what a dead daemon had mapped. */
    private void dropConsole() {
        Rig.await(DetachConsole.ADDRESS.ask(rig.vertx.eventBus(), new DetachConsole(new java.util.UUID(1, 1), 1)));
    }

    @Test
    void doesNotMistakeAnotherDomainWithTheSameDomidForItsOwn() {
        DomainSpec spec = Specs.pv("web1");
        rig.stop();
        rig.definitions().save(Definition.creating(spec).booted(1));
        rig.host.createByXl(java.util.UUID.randomUUID(), "foreign", "pv");
        rig.start();
        assertThat(rig.names()).containsExactly("Domain-0", "foreign");
        assertThat(rig.list().get(1).managed()).isFalse();
        assertThat(rig.definitions().load()).isEmpty();
    }

    @Test
    void undoesWhatWasHalfMade() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.stop();
        rig.definitions().save(Definition.creating(spec));
        rig.start();
        rig.untilGone(spec.uuid());
        rig.assertNothingIsLeft();
    }

    @Test
    void finishesARestartThatWasUnderWay() {
        DomainSpec gone = Specs.pv("gone");
        DomainSpec half = Specs.pv("half");
        rig.create(half);
        rig.stop();
        rig.definitions().save(Definition.creating(gone).booted(7).restarting(ShutdownReason.REBOOT));
        rig.definitions().save(Definition.creating(half).booted(1).restarting(ShutdownReason.CRASH));
        rig.store.put("/local/domain/0/backend/vbd/7/51712/state", "6");
        rig.start();
        rig.untilState(gone.uuid(), DomainState.RUNNING);
        rig.untilState(half.uuid(), DomainState.RUNNING);
        assertThat(rig.host.domids()).containsExactly(0, 2, 3);
        assertThat(rig.store.nodes()).doesNotContainKey("/local/domain/0/backend/vbd/7/51712/state");
    }

    @Test
    void remembersHowOftenAGuestWasRestarted() {
        DomainSpec spec = Specs.pv("loops");
        rig.create(spec);
        for (int domid = 1; domid <= 2; domid++) {
            int next = domid + 1;
            rig.host.end(domid, ShutdownReason.REBOOT);
            until(() -> rig.show(spec.uuid()).domid() == next
                    && rig.show(spec.uuid()).state() == DomainState.RUNNING);
            rig.stop();
            rig.start();
        }
        rig.host.end(3, ShutdownReason.REBOOT);
        rig.untilState(spec.uuid(), DomainState.SHUTDOWN);
        rig.stop();
        rig.start();
        assertThat(rig.show(spec.uuid()).domid())
                .as("preserved, also by the next daemon")
                .isEqualTo(3);
        assertThat(rig.change(spec.uuid(), DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
        assertThat(rig.definition(spec.uuid()).restarts()).as("forgiven").isEmpty();
    }

    @Test
    void remembersWhatCouldNotBeBootedAgain() {
        DomainSpec spec = Specs.pv("web1");
        rig.stop();
        rig.definitions()
                .save(Definition.creating(spec)
                        .booted(7)
                        .restarting(ShutdownReason.CRASH)
                        .stopped());
        rig.start();
        assertThat(rig.show(spec.uuid()).state()).isEqualTo(DomainState.CRASHED);
        assertThat(rig.change(spec.uuid(), DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void startsThoughAConsoleIsOwnedBySomebodyElse() {
        DomainSpec one = Specs.pv("one", OnEnd.DESTROY, OnEnd.RESTART, OnEnd.DESTROY);
        DomainSpec two = Specs.pv("two");
        rig.create(one);
        rig.create(two);
        rig.stop();
        rig.store.cut("/local/domain/2/console/port");
        rig.host.fail(AttachConsole.ADDRESS);
        rig.start();
        assertThat(rig.names()).isEqualTo(List.of("Domain-0", "one", "two"));
        assertThat(rig.host.calls(CreateXenDomain.class)).hasSize(2);
    }

    @Test
    void undoesNothingOfAStrangerWhoChoseTheSameUuid() {
        DomainSpec spec = Specs.pv("half");
        rig.stop();
        rig.definitions().save(Definition.creating(spec));
        int domid = rig.host.createByXl(spec.uuid(), "theirs", "pv");
        rig.store.put("/local/domain/" + domid + "/console/type", "xenconsoled");
        rig.start();
        assertThat(rig.definitions().load()).isEmpty();
        assertThat(rig.show(spec.uuid()).managed()).isFalse();
        assertThat(rig.host.domids()).contains(domid);
    }

    @Test
    void goesOnTryingUntilTheConsoleIsAttached() {
        DomainSpec refused = Specs.pv("refused");
        DomainSpec unreadable = Specs.pv("unreadable");
        rig.create(refused);
        rig.create(unreadable);
        rig.stop();
        leaveConsole(refused, 1);
        leaveConsole(unreadable, 2);
        rig.store.cut("/local/domain/2/console/port");
        rig.host.fail(AttachConsole.ADDRESS);
        rig.start();
        until(() -> attempts(refused) >= 3);
        assertThat(rig.host.isConsoleMapped(1)).isFalse();
        rig.host.heal();
        rig.store.put("/local/domain/2/console/port", "2");
        until(() -> rig.host.isConsoleMapped(1) && rig.host.isConsoleMapped(2));
    }

    @Test
    void triesNoConsoleOfABootThatIsGone() {
        DomainSpec goes = Specs.pv("goes");
        DomainSpec stays = Specs.pv("stays");
        rig.create(goes);
        rig.create(stays);
        rig.stop();
        leaveConsole(goes, 1);
        leaveConsole(stays, 2);
        rig.host.fail(AttachConsole.ADDRESS);
        rig.start();
        rig.destroy(goes.uuid());
        // Its domid may be another guest's by now.
        rig.store.put("/local/domain/1/console/ring-ref", "2001");
        rig.store.put("/local/domain/1/console/port", "2");
        int tried = attempts(goes);
        int before = attempts(stays);
        until(() -> attempts(stays) >= before + 2);
        assertThat(attempts(goes)).isEqualTo(tried);
        rig.stop();
        assertThat(rig.host.isConsoleMapped(2)).isFalse();
    }

    /** The run before has let go of it. */
    private void leaveConsole(DomainSpec spec, int domid) {
        Rig.await(DetachConsole.ADDRESS.ask(rig.vertx.eventBus(), new DetachConsole(spec.uuid(), domid)));
    }

    private int attempts(DomainSpec spec) {
        return (int) rig.host.calls(AttachConsole.class).stream()
                .filter(ask -> ask.uuid().equals(spec.uuid()))
                .count();
    }
}
