package dev.xcs.domain;

import static dev.xcs.domain.Rig.problemOf;
import static dev.xcs.domain.Rig.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.xcs.journal.Definition;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.ForgetConsole;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainState;
import dev.xcs.model.OnEnd;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EndTest {
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

    static Stream<Arguments> everyPolicyAndReason() {
        return Arrays.stream(ShutdownReason.values())
                .flatMap(reason -> Arrays.stream(OnEnd.values()).map(policy -> arguments(reason, policy)));
    }

    @ParameterizedTest
    @MethodSource("everyPolicyAndReason")
    void obeysTheDefinition(ShutdownReason reason, OnEnd policy) {
        DomainSpec spec = onlyFor(reason, policy);
        rig.create(spec);
        rig.host.end(1, reason);
        boolean preserved = reason == ShutdownReason.SUSPEND || reason == ShutdownReason.SOFT_RESET;
        switch (preserved ? OnEnd.PRESERVE : policy) {
            case DESTROY -> {
                rig.untilGone(spec.uuid());
                rig.assertNothingIsLeft();
            }
            case RESTART -> {
                untilBoot(spec.uuid(), 2);
                assertThat(rig.host.domids()).containsExactly(0, 2);
                assertThat(rig.host.isConsoleMapped(2)).isTrue();
                assertThat(rig.store.nodes())
                        .containsKey("/local/domain/2/name")
                        .doesNotContainKey("/local/domain/1/name");
                assertThat(rig.host.calls(ForgetConsole.class)).isEmpty();
                assertThat(rig.definition(spec.uuid()).boots()).isEqualTo(2);
            }
            case PRESERVE -> {
                rig.untilState(spec.uuid(), endedState(reason));
                assertThat(rig.show(spec.uuid()).domid()).isEqualTo(1);
                assertThat(rig.host.calls(CreateXenDomain.class)).hasSize(1);
            }
        }
        assertThat(rig.changes).anyMatch(change -> change.reason() == reason);
    }

    /** The other policies would give themselves away. */
    private static DomainSpec onlyFor(ShutdownReason reason, OnEnd policy) {
        OnEnd other = policy == OnEnd.DESTROY ? OnEnd.PRESERVE : OnEnd.DESTROY;
        return switch (reason) {
            case POWEROFF -> Specs.pv("web1", policy, other, other);
            case REBOOT -> Specs.pv("web1", other, policy, other);
            case CRASH, WATCHDOG -> Specs.pv("web1", other, other, policy);
            case SUSPEND, SOFT_RESET -> Specs.pv("web1", policy, policy, policy);
        };
    }

    private static DomainState endedState(ShutdownReason reason) {
        return reason == ShutdownReason.CRASH || reason == ShutdownReason.WATCHDOG
                ? DomainState.CRASHED
                : DomainState.SHUTDOWN;
    }

    @Test
    void stopsRestartingWhatEndsAgainAndAgain() {
        DomainSpec spec = Specs.pv("web1", OnEnd.DESTROY, OnEnd.RESTART, OnEnd.RESTART);
        rig.create(spec);
        for (int domid = 1; domid <= 2; domid++) {
            rig.host.end(domid, ShutdownReason.CRASH);
            untilBoot(spec.uuid(), domid + 1);
        }
        rig.host.end(3, ShutdownReason.CRASH);
        rig.untilState(spec.uuid(), DomainState.CRASHED);
        rig.store.fire("@releaseDomain");
        assertThat(rig.show(spec.uuid()).domid()).isEqualTo(3);
        // An operator is not bound by the guard, and forgives what was counted.
        assertThat(rig.change(spec.uuid(), DesiredState.RUNNING).domid()).isEqualTo(4);
        rig.host.end(4, ShutdownReason.CRASH);
        untilBoot(spec.uuid(), 5);
    }

    @Test
    void doesNotCountRebootsThatAnOperatorAsksFor() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        guestsReact();
        for (int domid = 1; domid <= 4; domid++) {
            rig.change(spec.uuid(), DesiredState.REBOOTED);
            untilBoot(spec.uuid(), domid + 1);
        }
    }

    @Test
    void countsARebootOfTheGuestsOwnAfterARequestThatWasTakenBack() {
        DomainSpec spec = Specs.pv("web1", OnEnd.DESTROY, OnEnd.RESTART, OnEnd.DESTROY);
        rig.create(spec);
        assertThat(problemOf(rig.changing(spec.uuid(), DesiredState.REBOOTED)).type())
                .isEqualTo(ProblemType.TIMEOUT);
        for (int domid = 1; domid <= 2; domid++) {
            rig.host.end(domid, ShutdownReason.REBOOT);
            untilBoot(spec.uuid(), domid + 1);
        }
        rig.host.end(3, ShutdownReason.REBOOT);
        rig.untilState(spec.uuid(), DomainState.SHUTDOWN);
        assertThat(rig.show(spec.uuid()).domid()).isEqualTo(3);
    }

    @Test
    void bootsWhatIsPreservedWhenAsked() {
        DomainSpec spec = Specs.paused(Specs.pv("web1", OnEnd.PRESERVE, OnEnd.PRESERVE, OnEnd.PRESERVE));
        rig.create(spec);
        rig.change(spec.uuid(), DesiredState.RUNNING);
        rig.host.end(1, ShutdownReason.POWEROFF);
        rig.untilState(spec.uuid(), DomainState.SHUTDOWN);
        assertThat(rig.change(spec.uuid(), DesiredState.SHUTDOWN).state()).isEqualTo(DomainState.SHUTDOWN);
        assertThat(problemOf(rig.changing(spec.uuid(), DesiredState.PAUSED)).type())
                .isEqualTo(ProblemType.CONFLICT);
        Domain again = rig.change(spec.uuid(), DesiredState.RUNNING);
        assertThat(again.state()).isEqualTo(DomainState.RUNNING);
        assertThat(again.domid()).isEqualTo(2);
        rig.host.end(2, ShutdownReason.CRASH);
        rig.untilState(spec.uuid(), DomainState.CRASHED);
        assertThat(rig.change(spec.uuid(), DesiredState.REBOOTED).domid()).isEqualTo(3);
        assertThat(rig.host.domids()).containsExactly(0, 3);
    }

    @Test
    void keepsADomainWhoseRestartFails() {
        DomainSpec spec = Specs.pv("web1", OnEnd.DESTROY, OnEnd.RESTART, OnEnd.RESTART);
        rig.create(spec);
        rig.host.fail(BuildXenDomain.ADDRESS);
        rig.host.end(1, ShutdownReason.CRASH);
        rig.untilState(spec.uuid(), DomainState.CRASHED);
        until(() -> rig.definition(spec.uuid()).phase() == Definition.Phase.STOPPED);
        assertThat(rig.host.domids()).containsExactly(0);
        assertThat(rig.show(spec.uuid()).domid()).isEqualTo(-1);

        Problem problem = problemOf(rig.changing(spec.uuid(), DesiredState.RUNNING));
        assertThat(problem.step()).isEqualTo("build");
        assertThat(rig.show(spec.uuid()).state()).isEqualTo(DomainState.CRASHED);

        rig.host.heal();
        assertThat(rig.change(spec.uuid(), DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
        rig.destroy(spec.uuid());
        rig.assertNothingIsLeft();
    }

    @Test
    void destroysADomainBetweenTwoBoots() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.host.fail(BuildXenDomain.ADDRESS);
        rig.host.end(1, ShutdownReason.REBOOT);
        until(() -> rig.definition(spec.uuid()).phase() == Definition.Phase.STOPPED);
        rig.destroy(spec.uuid());
        rig.assertNothingIsLeft();
    }

    @Test
    void destroyPreemptsARestart() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        rig.host.end(1, ShutdownReason.REBOOT);
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 2);
        Future<Void> destroying = rig.destroying(spec.uuid());
        gate.complete();
        Rig.await(destroying);
        rig.assertNothingIsLeft();
    }

    @Test
    void restartsThoughSomebodyHoldsMemoryOfTheOldBoot() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.host.hold(1, true);
        rig.host.end(1, ShutdownReason.REBOOT);
        untilBoot(spec.uuid(), 2);
        assertThat(rig.host.domids()).containsExactly(0, 1, 2);
        assertThat(rig.names()).containsExactly("Domain-0", "web1");
        rig.host.hold(1, false);
        rig.destroy(spec.uuid());
        rig.assertNothingIsLeft();
    }

    @Test
    void showsAZombieUntilItIsLetGo() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.host.hold(1, true);
        rig.destroy(spec.uuid());
        assertThat(rig.show(spec.uuid()).state()).isEqualTo(DomainState.DYING);
        assertThat(rig.definitions().load()).isEmpty();
        // Its name is free, its uuid is not.
        assertThat(problemOf(rig.creating(spec)).detail()).contains("still holds memory");
        Domain heir = rig.create(Specs.pv("web1"));
        rig.destroy(spec.uuid());
        rig.host.hold(1, false);
        rig.untilGone(spec.uuid());
        assertThat(rig.show(heir.uuid()).state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void cleansUpAfterXlDestroy() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.store.cut("/local/domain/1");
        rig.store.cut("/libxl/1");
        // It stays a zombie until the keeper has its console unmapped.
        rig.host.kill(1);
        rig.untilGone(spec.uuid());
        rig.assertNothingIsLeft();
        assertThat(rig.changes)
                .anyMatch(change -> change.gone() && change.domain().uuid().equals(spec.uuid()));
    }

    @Test
    void noticesAnEndThatNoEventTold() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.host.pauseByXl(1);
        until(() -> rig.changes.stream().anyMatch(change -> change.domain().state() == DomainState.PAUSED));
    }

    @Test
    void shutsDownAGuestThatReacts() {
        DomainSpec spec = Specs.pv("web1", OnEnd.PRESERVE, OnEnd.RESTART, OnEnd.DESTROY);
        rig.create(spec);
        int watches = rig.store.watchCount();
        guestsReact();
        rig.change(spec.uuid(), DesiredState.SHUTDOWN);
        rig.untilState(spec.uuid(), DomainState.SHUTDOWN);
        assertThat(rig.store.watchCount()).isEqualTo(watches);
    }

    @Test
    void rebootsAGuestThatReacts() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        guestsReact();
        rig.change(spec.uuid(), DesiredState.REBOOTED);
        untilBoot(spec.uuid(), 2);
    }

    @Test
    void saysThatAGuestDoesNotReactAndTakesTheRequestBack() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        int watches = rig.store.watchCount();
        Problem silent = problemOf(rig.changing(spec.uuid(), DesiredState.SHUTDOWN));
        assertThat(silent.type()).isEqualTo(ProblemType.TIMEOUT);
        assertThat(silent.detail()).contains("web1 did not react");
        assertThat(silent.cause()).contains("has not said that it takes such requests");
        assertThat(rig.store.nodes()).containsEntry("/local/domain/1/control/shutdown", "");
        rig.store.put("/local/domain/1/control/feature-poweroff", "1");
        assertThat(problemOf(rig.changing(spec.uuid(), DesiredState.SHUTDOWN)).cause())
                .contains("may hang");
        assertThat(rig.store.watchCount()).isEqualTo(watches);
    }

    @Test
    void asksNobodyWhereTheHomeIsGoneOrAnothers() {
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        rig.store.cut("/local/domain/1");
        assertThat(problemOf(rig.changing(spec.uuid(), DesiredState.SHUTDOWN)).type())
                .isEqualTo(ProblemType.CONFLICT);
        rig.store.put("/local/domain/1/vm", "/vm/" + UUID.randomUUID());
        assertThat(problemOf(rig.changing(spec.uuid(), DesiredState.REBOOTED)).type())
                .isEqualTo(ProblemType.CONFLICT);
        assertThat(rig.store.nodes()).doesNotContainKey("/local/domain/1/control/shutdown");
    }

    @Test
    void destroyPreemptsAShutdownThatWaits() {
        rig.stop();
        rig.start(Deadlines.DEFAULT);
        DomainSpec spec = Specs.pv("web1");
        rig.create(spec);
        Future<Domain> waiting = rig.changing(spec.uuid(), DesiredState.SHUTDOWN);
        Future<Domain> behind = rig.changing(spec.uuid(), DesiredState.PAUSED);
        until(() -> "poweroff".equals(rig.store.nodes().get("/local/domain/1/control/shutdown")));
        rig.destroy(spec.uuid());
        assertThat(problemOf(waiting).type()).isEqualTo(ProblemType.PREEMPTED);
        assertThat(problemOf(behind).type()).isEqualTo(ProblemType.PREEMPTED);
        rig.assertNothingIsLeft();
    }

    private void guestsReact() {
        rig.store.onWrite((path, value) -> {
            if (path.endsWith("/control/shutdown") && !value.isEmpty()) {
                rig.store.put(path, "");
                int domid = Integer.parseInt(path.split("/", -1)[3]);
                rig.host.end(domid, value.equals("reboot") ? ShutdownReason.REBOOT : ShutdownReason.POWEROFF);
            }
        });
    }

    private void untilBoot(UUID uuid, int domid) {
        until(() -> rig.list().stream()
                .anyMatch(
                        one -> one.uuid().equals(uuid) && one.domid() == domid && one.state() == DomainState.RUNNING));
    }
}
