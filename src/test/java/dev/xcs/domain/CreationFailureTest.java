package dev.xcs.domain;

import static dev.xcs.domain.Rig.problemOf;
import static dev.xcs.domain.Rig.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.xcs.bus.Json;
import dev.xcs.journal.Definition;
import dev.xcs.journal.Definitions;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DestroyXenDomain;
import dev.xcs.message.ReadHost;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CreationFailureTest {
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

    static Stream<Arguments> steps() {
        return Stream.of(
                step("check", rig -> rig.host.fail(ReadHost.ADDRESS)),
                step("create", rig -> rig.host.fail(CreateXenDomain.ADDRESS)),
                step("build", rig -> rig.host.fail(BuildXenDomain.ADDRESS)),
                step("introduce", rig -> rig.store.fail("introduce")),
                step("console", rig -> rig.host.fail(AttachConsole.ADDRESS)),
                step("unpause", rig -> rig.host.fail(UnpauseXenDomain.ADDRESS)));
    }

    private static Arguments step(String name, Consumer<Rig> fault) {
        return arguments(name, fault);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("steps")
    void leavesNothingWhicheverStepFails(String step, Consumer<Rig> fault) {
        fault.accept(rig);
        DomainSpec spec = Specs.pv("web1");
        assertThat(problemOf(rig.creating(spec)).step()).isEqualTo(step);
        rig.assertNothingIsLeft();
        rig.host.heal();
        rig.store.heal();
        assertThat(rig.create(spec).name()).isEqualTo("web1");
    }

    @Test
    void leavesNothingWhenTheNodesCannotBeWritten() {
        DomainSpec spec = Specs.pv("web1");
        rig.store.fail("commit");
        Future<Domain> creating = rig.creating(spec);
        // The undo commits as well: it goes on until xenstore is back.
        until(() -> !rig.host.calls(DestroyXenDomain.class).isEmpty());
        // What a daemon that is killed now finds at its next start: a boot to undo, not one to adopt.
        assertThat(new Definitions(stateDir, Json.mapper()).load())
                .extracting(Definition::phase)
                .containsExactly(Definition.Phase.CREATING);
        rig.store.heal();
        assertThat(problemOf(creating).step()).isEqualTo("nodes");
        rig.assertNothingIsLeft();
    }

    @Test
    void leavesNothingWhenTheNodesOfTheConsoleCannotBeWritten() {
        rig.store.fail("write");
        assertThat(problemOf(rig.creating(Specs.pv("web1"))).step()).isEqualTo("nodes");
        rig.assertNothingIsLeft();
    }

    /** Xenstored is slow, and the build takes a time of its own: neither waits for the other. */
    @Test
    void writesTheNodesWhileTheDomainIsBuilt() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        Future<Domain> creating = rig.creating(Specs.pv("web1"));
        until(() -> Rig.await(rig.store.read("/local/domain/1/name")).isPresent());
        assertThat(rig.host.calls(BuildXenDomain.class)).hasSize(1);
        assertThat(Rig.await(rig.store.read("/local/domain/1/console/ring-ref")))
                .isEmpty();
        gate.complete();
        Rig.await(creating);
        assertThat(Rig.await(rig.store.read("/local/domain/1/console/ring-ref")))
                .isPresent();
    }

    @Test
    void leavesNothingWhenTheDefinitionCannotBeWritten() throws IOException {
        Files.delete(stateDir.resolve("domains"));
        Files.writeString(stateDir.resolve("domains"), "not a directory");
        Problem problem = problemOf(rig.creating(Specs.pv("web1")));
        assertThat(problem.step()).isEqualTo("define");
        assertThat(rig.host.domids()).containsExactly(0);
        assertThat(rig.names()).containsExactly("Domain-0");
    }

    @Test
    void saysWhatRemainsWhenTheUndoFailsToo() {
        rig.host.fail(BuildXenDomain.ADDRESS);
        rig.host.fail(DestroyXenDomain.ADDRESS);
        DomainSpec spec = Specs.pv("web1");
        Problem problem = problemOf(rig.creating(spec));
        assertThat(problem.step()).isEqualTo("build");
        assertThat(problem.cause()).contains("domid 1 remains");
        // It is nobody's now, but it can be seen and destroyed.
        until(() -> rig.names().contains("web1"));
        rig.host.heal();
        rig.destroy(spec.uuid());
        rig.assertNothingIsLeft();
    }

    @Test
    void blamesTheKernelForABadImage() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        Future<Domain> creating = rig.creating(Specs.pv("web1"));
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 1);
        gate.fail(Problem.of(ProblemType.BAD_IMAGE, "no loader found").toException());
        assertThat(problemOf(creating).field()).isEqualTo("kernel");
        rig.assertNothingIsLeft();
    }

    @Test
    void destroyDuringTheBuildUndoesIt() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        DomainSpec spec = Specs.pv("web1");
        Future<Domain> creating = rig.creating(spec);
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 1);
        Future<Void> destroying = rig.destroying(spec.uuid());
        // The build itself cannot be interrupted, and nothing is destroyed under its feet.
        assertThat(rig.names()).contains("web1");
        assertThat(rig.host.calls(DestroyXenDomain.class)).isEmpty();
        gate.complete();
        assertThat(problemOf(creating).type()).isEqualTo(ProblemType.PREEMPTED);
        Rig.await(destroying);
        assertThat(rig.host.calls(UnpauseXenDomain.class)).isEmpty();
        rig.assertNothingIsLeft();
    }

    @Test
    void destroyOfABuildThatHangsIsAnsweredInTimeAndStillDone() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        DomainSpec spec = Specs.pv("web1");
        Future<Domain> creating = rig.creating(spec);
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 1);
        Problem problem = problemOf(rig.destroying(spec.uuid()));
        assertThat(problem.type()).isEqualTo(ProblemType.TIMEOUT);
        assertThat(problem.detail()).contains("that goes on");
        gate.complete();
        assertThat(problemOf(creating).type()).isEqualTo(ProblemType.PREEMPTED);
        rig.untilGone(spec.uuid());
        rig.assertNothingIsLeft();
    }

    @Test
    void destroyOfOneThatWaitsForABuildSlotIsImmediate() {
        Promise<Void> gate = rig.host.hold(BuildXenDomain.ADDRESS);
        Future<Domain> one = rig.creating(Specs.pv("one"));
        Future<Domain> two = rig.creating(Specs.pv("two"));
        until(() -> rig.host.calls(BuildXenDomain.class).size() == 2);
        DomainSpec third = Specs.pv("three");
        Future<Domain> waiting = rig.creating(third);
        until(() -> rig.host.domids().size() == 4);
        rig.destroy(third.uuid());
        assertThat(problemOf(waiting).type()).isEqualTo(ProblemType.PREEMPTED);
        gate.complete();
        Rig.await(one);
        Rig.await(two);
        // The slot that it gave up is not lost.
        rig.host.stopHolding(BuildXenDomain.ADDRESS);
        rig.create(Specs.pv("four"));
        rig.create(Specs.pv("five"));
    }
}
