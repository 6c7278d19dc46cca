package dev.xcs.domain;

import static dev.xcs.domain.Rig.problemOf;
import static dev.xcs.domain.Rig.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.journal.Definition;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.ForgetConsole;
import dev.xcs.message.ListXenDomains;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainKeeperTest {
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
    void showsDom0() {
        assertThat(rig.list())
                .containsExactly(new Domain(
                        new UUID(0, 0), "Domain-0", 0, DomainState.RUNNING, DomainType.PV, 2048, 1, 1.5, false));
    }

    @Test
    void createsADomainThatRuns() {
        DomainSpec spec = Specs.pv("web1");
        Domain made = rig.create(spec);
        assertThat(made)
                .isEqualTo(new Domain(spec.uuid(), "web1", 1, DomainState.RUNNING, DomainType.PV, 128, 1, 1.5, true));
        assertThat(rig.show(spec.uuid())).isEqualTo(made);
        assertThat(rig.host.isConsoleMapped(1)).isTrue();
        assertThat(rig.store.nodes()).containsEntry("/local/domain/1/name", "web1");
        assertThat(rig.definition(spec.uuid()))
                .isEqualTo(Definition.creating(spec.withGuestOs(GuestOs.LINUX)).booted(1));
    }

    @Test
    void keepsTheGuestsSystemThatWasAskedFor() {
        DomainSpec spec = Specs.pv("web1").withGuestOs(GuestOs.FREEBSD);
        rig.create(spec);
        assertThat(rig.definition(spec.uuid()))
                .isEqualTo(Definition.creating(spec).booted(1));
    }

    @Test
    void choosesTheTypeThatNobodyAskedForAndKeepsIt() {
        rig.host.pvh = true;
        DomainSpec spec = Specs.pv("web1");
        assertThat(rig.createOfAnyType(spec).type()).isEqualTo(DomainType.PVH);
        assertThat(rig.store.nodes()).containsEntry("/libxl/1/type", "pvh");
        assertThat(rig.definition(spec.uuid()).spec().type()).isEqualTo(DomainType.PVH);
        rig.host.bootable = Set.of(DomainType.PV);
        DomainSpec other = Specs.pv("web2");
        assertThat(rig.createOfAnyType(other).type()).isEqualTo(DomainType.PV);
    }

    @Test
    void leavesADomainPausedIfThatWasAsked() {
        Domain made = rig.create(Specs.paused(Specs.pv("web1")));
        assertThat(made.state()).isEqualTo(DomainState.PAUSED);
    }

    @Test
    void destroysADomainWithoutATrace() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.store.put("/local/domain/0/backend/vbd/1/51712/state", "4");
        rig.destroy(spec.uuid());
        rig.store.cut("/local/domain/0/backend");
        rig.assertNothingIsLeft();
        assertThat(rig.host.calls(ForgetConsole.class)).containsExactly(new ForgetConsole(spec.uuid()));
        assertThat(problemOf(rig.destroying(spec.uuid())).type()).isEqualTo(ProblemType.NOT_FOUND);
    }

    @Test
    void removesBackendsOfADestroyedDomainOnly() {
        DomainSpec one = Specs.pv("web1");
        rig.create(one);
        rig.create(Specs.pv("web2"));
        rig.store.put("/local/domain/0/backend/vbd/1/51712/state", "4");
        rig.store.put("/local/domain/0/backend/vbd/2/51712/state", "4");
        rig.destroy(one.uuid());
        assertThat(rig.store.nodes())
                .doesNotContainKey("/local/domain/0/backend/vbd/1/51712/state")
                .containsKey("/local/domain/0/backend/vbd/2/51712/state");
    }

    @Test
    void tellsEveryChange() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.change(spec.uuid(), DesiredState.PAUSED);
        rig.change(spec.uuid(), DesiredState.RUNNING);
        rig.destroy(spec.uuid());
        until(() -> rig.changes.stream().anyMatch(change -> change.gone()));
        List<DomainState> states = rig.changes.stream()
                .filter(change -> change.domain().uuid().equals(spec.uuid()))
                .map(change -> change.domain().state())
                .distinct()
                .toList();
        assertThat(states)
                .containsExactly(DomainState.CREATING, DomainState.RUNNING, DomainState.PAUSED, DomainState.DYING);
    }

    @Test
    void pausesAndUnpausesAnyNumberOfTimes() {
        UUID uuid = rig.create(Specs.pv("web1")).uuid();
        for (int i = 0; i < 2; i++) {
            assertThat(rig.change(uuid, DesiredState.PAUSED).state()).isEqualTo(DomainState.PAUSED);
            assertThat(rig.change(uuid, DesiredState.PAUSED).state()).isEqualTo(DomainState.PAUSED);
            assertThat(rig.change(uuid, DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
            assertThat(rig.change(uuid, DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void refusesToShutDownWhatIsPaused() {
        UUID uuid = rig.create(Specs.paused(Specs.pv("web1"))).uuid();
        for (DesiredState wanted : List.of(DesiredState.SHUTDOWN, DesiredState.REBOOTED)) {
            Problem problem = problemOf(rig.changing(uuid, wanted));
            assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
            assertThat(problem.field()).isEqualTo("state");
            assertThat(problem.detail()).contains("web1 is paused");
        }
    }

    @Test
    void neverTouchesDom0() {
        UUID dom0 = new UUID(0, 0);
        for (DesiredState wanted : DesiredState.values()) {
            assertThat(problemOf(rig.changing(dom0, wanted)).type()).isEqualTo(ProblemType.FORBIDDEN);
        }
        assertThat(problemOf(rig.destroying(dom0)).type()).isEqualTo(ProblemType.FORBIDDEN);
        assertThat(rig.host.domids()).containsExactly(0);
    }

    @Test
    void saysThatADomainIsUnknown() {
        UUID uuid = UUID.randomUUID();
        assertThat(problemOf(rig.destroying(uuid)).type()).isEqualTo(ProblemType.NOT_FOUND);
        assertThat(problemOf(rig.changing(uuid, DesiredState.RUNNING)).type()).isEqualTo(ProblemType.NOT_FOUND);
    }

    @Test
    void letsExactlyOneOfTwoCreationsOfOneNameWin() {
        List<Future<Domain>> racing = IntStream.range(0, 5)
                .mapToObj(i -> rig.creating(Specs.pv("web1")))
                .toList();
        until(() -> racing.stream().allMatch(Future::isComplete));
        assertThat(racing.stream().filter(Future::succeeded)).hasSize(1);
        racing.stream().filter(Future::failed).forEach(lost -> {
            assertThat(problemOf(lost).type()).isEqualTo(ProblemType.NAME_EXISTS);
            assertThat(problemOf(lost).field()).isEqualTo("name");
        });
        assertThat(rig.names()).containsExactly("Domain-0", "web1");
    }

    @Test
    void refusesAUuidThatIsTaken() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        Problem problem = problemOf(rig.creating(Specs.with(spec, spec.uuid(), "web2")));
        assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(problem.field()).isEqualTo("uuid");
        assertThat(rig.names()).containsExactly("Domain-0", "web1");
    }

    @Test
    void refusesWhatXlHasJustTaken() {
        // Behind the keeper's back: no event has told it yet.
        UUID foreign = UUID.randomUUID();
        rig.host.createByXl(foreign, "db", "pv");
        assertThat(problemOf(rig.creating(Specs.pv("db"))).type()).isEqualTo(ProblemType.NAME_EXISTS);
        assertThat(problemOf(rig.creating(Specs.with(Specs.pv("x"), foreign, "other")))
                        .type())
                .isEqualTo(ProblemType.CONFLICT);
        rig.until(() -> rig.names().equals(List.of("Domain-0", "db")));
        assertThat(rig.host.domids()).hasSize(2);
    }

    @Test
    void freesTheNameOfWhatWasDestroyed() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.destroy(spec.uuid());
        assertThat(rig.create(spec).domid()).isEqualTo(2);
    }

    @Test
    void refusesWhatTheHostCannotHold() {
        Problem memory = problemOf(rig.creating(Specs.sized(Specs.pv("big"), 4 * 1024 * 1024, 1)));
        assertThat(memory.type()).isEqualTo(ProblemType.OUT_OF_MEMORY);
        assertThat(memory.field()).isEqualTo("memoryMib");
        assertThat(memory.step()).isEqualTo("check");
        for (int vcpus : new int[] {0, -1, 513, 100_000}) {
            Problem problem = problemOf(rig.creating(Specs.sized(Specs.pv("many"), 64, vcpus)));
            assertThat(problem.type()).isEqualTo(ProblemType.INVALID_FIELD);
            assertThat(problem.detail()).contains("vcpus").contains("" + vcpus).contains("1 to 512");
        }
        rig.assertNothingIsLeft();
    }

    @Test
    void admitsOnlyOneOfTwoThatDoNotFitTogether() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        Future<Domain> first = rig.creating(Specs.sized(Specs.pv("one"), 700, 1));
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 1);
        assertThat(problemOf(rig.creating(Specs.sized(Specs.pv("two"), 700, 1))).type())
                .isEqualTo(ProblemType.OUT_OF_MEMORY);
        gate.complete();
        Rig.await(first);
        assertThat(rig.names()).containsExactly("Domain-0", "one");
    }

    @Test
    void buildsSoManyAtOnceAsConfiguredAndNoMore() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        List<Future<Domain>> all = IntStream.range(0, 5)
                .mapToObj(i -> rig.creating(Specs.sized(Specs.pv("web" + i), 8, 1)))
                .toList();
        until(() -> rig.host.domids().size() == 6
                && rig.host.calls(BuildXenDomain.class).size() >= 2);
        assertThat(rig.host.calls(BuildXenDomain.class)).hasSize(2);
        gate.complete();
        all.forEach(Rig::await);
        assertThat(rig.list()).hasSize(6);
    }

    @Test
    void answersWhileADomainIsStuck() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        DomainSpec stuck = Specs.pv("stuck");
        Future<Domain> creating = rig.creating(stuck);
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 1);
        rig.host.stopHolding(BuildXenDomain.ADDRESS);

        DomainSpec other = Specs.pv("other");
        rig.create(other);
        rig.change(other.uuid(), DesiredState.PAUSED);
        assertThat(rig.show(stuck.uuid()).state()).isEqualTo(DomainState.CREATING);
        assertThat(rig.names()).contains("stuck", "other");
        rig.destroy(other.uuid());

        assertThat(creating.isComplete()).isFalse();
        gate.complete();
        assertThat(Rig.await(creating).state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void showsWhatItKnowsWhileTheHypervisorDoesNotAnswer() {
        rig.create(Specs.pv("web1"));
        Promise<Void> gate = rig.host.hold(ListXenDomains.ADDRESS);
        assertThat(rig.names()).containsExactly("Domain-0", "web1");
        gate.complete();
    }

    @Test
    void askedByManyAtOnceAsksTheHypervisorOnce() {
        Promise<Void> gate = rig.host.hold(ListXenDomains.ADDRESS);
        int before = rig.host.calls(ListXenDomains.class).size();
        List<Future<?>> asking = IntStream.range(0, 50)
                .<Future<?>>mapToObj(i -> dev.xcs.message.FetchDomains.ADDRESS.ask(
                        rig.vertx.eventBus(), new dev.xcs.message.FetchDomains()))
                .toList();
        until(() -> rig.host.calls(ListXenDomains.class).size() > before);
        gate.complete();
        asking.forEach(Rig::await);
        // The timer and the watches may add a few of their own.
        assertThat(rig.host.calls(ListXenDomains.class).size() - before).isLessThan(10);
    }

    @Test
    void doesNotTakeAListThatFailsForAMomentForTheTruth() {
        UUID uuid = rig.create(Specs.pv("web1")).uuid();
        rig.host.fail(ListXenDomains.ADDRESS);
        assertThat(rig.names()).containsExactly("Domain-0", "web1");
        Future<Domain> pausing = rig.changing(uuid, DesiredState.PAUSED);
        int before = rig.host.calls(ListXenDomains.class).size();
        until(() -> rig.host.calls(ListXenDomains.class).size() > before + 3);
        rig.host.heal();
        assertThat(Rig.await(pausing).state()).isEqualTo(DomainState.PAUSED);
    }

    @Test
    void countsDomainsByState() {
        UUID uuid = rig.create(Specs.pv("web1")).uuid();
        rig.create(Specs.paused(Specs.pv("web2")));
        assertThat(gauge("running")).isEqualTo(2);
        assertThat(gauge("paused")).isEqualTo(1);
        rig.destroy(uuid);
        assertThat(gauge("running")).isEqualTo(1);
        assertThat(gauge("dying")).isZero();
        assertThat(rig.meters.counter("xcs.domain.creations").count()).isEqualTo(2);
        assertThat(rig.meters.counter("xcs.domain.destructions").count()).isEqualTo(1);
        assertThat(rig.meters
                        .get("xcs.domain.creation.step")
                        .tag("step", "build")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void leavesGuestsRunningWhenItStops() {
        rig.create(Specs.pv("web1"));
        rig.stop();
        assertThat(rig.host.list()).anyMatch(info -> info.domid() == 1 && !info.dying() && !info.paused());
        assertThat(rig.store.watchCount()).isZero();
    }

    @Test
    void noticesAtResyncWhatItMissed() {
        UUID uuid = rig.create(Specs.pv("web1")).uuid();
        rig.host.end(1, ShutdownReason.POWEROFF);
        rig.store.resync();
        rig.untilGone(uuid);
    }

    private double gauge(String state) {
        return rig.meters.get("xcs.domains").tag("state", state).gauge().value();
    }
}
