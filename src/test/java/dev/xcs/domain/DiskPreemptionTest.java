package dev.xcs.domain;

import static dev.xcs.domain.Rig.problemOf;
import static dev.xcs.domain.Rig.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.message.AttachDisk;
import dev.xcs.message.ChangeDisk;
import dev.xcs.message.ChangeMedium;
import dev.xcs.message.DetachDisk;
import dev.xcs.message.PlugDisk;
import dev.xcs.message.PrepareDisks;
import dev.xcs.message.ResizeDisk;
import dev.xcs.message.UnplugDisk;
import dev.xcs.model.DiskChange;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A destroy, and a block backend that is at something for the domain and never answers. */
class DiskPreemptionTest {
    private static final DiskSpec DISK = DiskSpec.of("/a.img", "xvdb");

    @TempDir
    Path stateDir;

    private final DomainSpec spec = Specs.pv("web1");
    private final List<BusMessage> asked = new CopyOnWriteArrayList<>();
    private Rig rig;

    @BeforeEach
    void start() {
        rig = Rig.started(stateDir);
        List.of(PlugDisk.ADDRESS, UnplugDisk.ADDRESS, ChangeMedium.ADDRESS, ResizeDisk.ADDRESS, PrepareDisks.ADDRESS)
                .forEach(this::neverAnswer);
    }

    private <Q extends BusMessage, R extends BusMessage> void neverAnswer(Address<Q, R> address) {
        address.answer(rig.vertx.eventBus(), ask -> {
            asked.add(ask);
            return Promise.<R>promise().future();
        });
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Future<?> attach() {
        return AttachDisk.ADDRESS.ask(rig.vertx.eventBus(), new AttachDisk(spec.uuid(), DISK));
    }

    private Future<?> detach() {
        return DetachDisk.ADDRESS.ask(rig.vertx.eventBus(), new DetachDisk(spec.uuid(), "xvdb", false));
    }

    private Future<?> change(DiskChange change) {
        return ChangeDisk.ADDRESS.ask(rig.vertx.eventBus(), new ChangeDisk(spec.uuid(), "xvdb", change));
    }

    private void isGivenUp(Supplier<Future<?>> operation) {
        rig.create(spec);
        Future<?> running = operation.get();
        until(() -> asked.size() == 1);
        Future<?> waiting = attach();
        rig.destroy(spec.uuid());
        for (Future<?> one : List.of(running, waiting)) {
            Problem problem = problemOf(one);
            assertThat(problem.type()).isEqualTo(ProblemType.PREEMPTED);
            assertThat(problem.detail()).contains("xvdb", "the domain is being destroyed");
        }
        assertThat(asked).as("what waited was never begun").hasSize(1);
        rig.assertNothingIsLeft();
    }

    @Test
    void anAttachIsGivenUp() {
        isGivenUp(this::attach);
    }

    @Test
    void aDetachIsGivenUp() {
        isGivenUp(this::detach);
    }

    @Test
    void anEjectIsGivenUp() {
        isGivenUp(() -> change(DiskChange.insert(null)));
    }

    @Test
    void aResizeIsGivenUp() {
        isGivenUp(() -> change(DiskChange.resize(512)));
    }

    @Test
    void aCreationIsGivenUpWhileItsDisksAreGotReady() {
        DomainSpec withDisk = spec.withDisks(List.of(DISK));
        Future<Domain> creating = rig.creating(withDisk);
        until(() -> asked.size() == 1);
        rig.destroy(spec.uuid());
        assertThat(problemOf(creating).type()).isEqualTo(ProblemType.PREEMPTED);
        rig.assertNothingIsLeft();
    }
}
