package dev.xcs.domain;

import static dev.xcs.domain.Rig.problemOf;
import static dev.xcs.domain.Rig.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Domains that xl made. */
class ForeignDomainTest {
    private final UUID uuid = UUID.randomUUID();

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
    void areListedAndNotManaged() {
        rig.host.createByXl(uuid, "db", "pvh");
        rig.untilState(uuid, DomainState.RUNNING);
        assertThat(rig.show(uuid))
                .isEqualTo(new Domain(uuid, "db", 1, DomainState.RUNNING, DomainType.PVH, 64, 1, 1.5, false));
        assertThat(rig.changes).anyMatch(change -> change.domain().name().equals("db") && !change.gone());
    }

    @Test
    void areNotWrittenToWhateverTheyDo() {
        rig.host.createByXl(uuid, "db", "pv");
        rig.untilState(uuid, DomainState.RUNNING);
        SortedMap<String, String> before = rig.store.nodes();
        rig.host.end(1, ShutdownReason.CRASH);
        rig.untilState(uuid, DomainState.CRASHED);
        rig.host.kill(1);
        rig.untilGone(uuid);
        assertThat(rig.store.nodes()).isEqualTo(before);
        assertThat(rig.changes)
                .anyMatch(change -> change.gone() && change.domain().uuid().equals(uuid));
    }

    @Test
    void keepTheirIdentityWhenXlRebootsThem() {
        rig.host.createByXl(uuid, "db", "pv");
        rig.untilState(uuid, DomainState.RUNNING);
        rig.host.end(1, ShutdownReason.REBOOT);
        rig.host.kill(1);
        rig.host.createByXl(uuid, "db", "pv");
        until(() -> rig.list().stream()
                .anyMatch(one -> one.uuid().equals(uuid) && one.domid() == 2 && one.state() == DomainState.RUNNING));
    }

    @Test
    void keepTheirIdentityWhileTheirOldBootIsStillHeld() {
        rig.host.createByXl(uuid, "db", "pv");
        rig.untilState(uuid, DomainState.RUNNING);
        rig.host.hold(1, true);
        rig.host.kill(1);
        rig.untilState(uuid, DomainState.DYING);
        rig.host.createByXl(uuid, "db", "pv");
        rig.untilState(uuid, DomainState.RUNNING);
        assertThat(rig.show(uuid).domid()).isEqualTo(2);
    }

    @Test
    void canBePausedUnpausedAndDestroyed() {
        rig.host.createByXl(uuid, "db", "pv");
        rig.untilState(uuid, DomainState.RUNNING);
        assertThat(rig.change(uuid, DesiredState.PAUSED).state()).isEqualTo(DomainState.PAUSED);
        assertThat(rig.change(uuid, DesiredState.RUNNING).state()).isEqualTo(DomainState.RUNNING);
        rig.destroy(uuid);
        rig.assertNothingIsLeft();
    }

    @Test
    void canBeShutDown() {
        rig.host.createByXl(uuid, "db", "pv");
        rig.untilState(uuid, DomainState.RUNNING);
        rig.store.onWrite((path, value) -> {
            if (value.equals("poweroff")) {
                rig.store.put(path, "");
                rig.host.end(1, ShutdownReason.POWEROFF);
            }
        });
        rig.change(uuid, DesiredState.SHUTDOWN);
        rig.untilState(uuid, DomainState.SHUTDOWN);
        assertThat(problemOf(rig.changing(uuid, DesiredState.RUNNING)).type()).isEqualTo(ProblemType.CONFLICT);
    }

    @Test
    void getTheirNameWhenItIsWrittenLate() {
        rig.host.createByXl(uuid, "", "pv");
        until(() -> rig.names().contains("domain-1"));
        rig.store.put("/local/domain/1/name", "late");
        until(() -> rig.names().contains("late"));
    }

    @Test
    void withoutAHandleAreToldApartByDomid() {
        rig.host.createByXl(new UUID(0, 0), "one", "pv");
        rig.host.createByXl(new UUID(0, 0), "two", "pv");
        until(() -> rig.names().contains("one") && rig.names().contains("two"));
    }
}
