package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.domain.StateRules.Action;
import dev.xcs.model.DesiredState;
import dev.xcs.model.Dom0System;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decisions that are made without anybody being asked. */
class RulesTest {
    @ParameterizedTest
    @CsvSource({
        "RUNNING,  RUNNING,  NOTHING",
        "RUNNING,  PAUSED,   PAUSE",
        "RUNNING,  SHUTDOWN, ASK_FOR_POWEROFF",
        "RUNNING,  REBOOTED, ASK_FOR_REBOOT",
        "PAUSED,   RUNNING,  UNPAUSE",
        "PAUSED,   PAUSED,   NOTHING",
        "PAUSED,   SHUTDOWN, ",
        "PAUSED,   REBOOTED, ",
        "SHUTDOWN, RUNNING,  RESTART",
        "SHUTDOWN, PAUSED,   ",
        "SHUTDOWN, SHUTDOWN, NOTHING",
        "SHUTDOWN, REBOOTED, RESTART",
        "CRASHED,  RUNNING,  RESTART",
        "CRASHED,  PAUSED,   ",
        "CRASHED,  SHUTDOWN, ",
        "CRASHED,  REBOOTED, RESTART",
        "CREATING, RUNNING,  ",
        "DYING,    RUNNING,  ",
        "DYING,    SHUTDOWN, "
    })
    void decidesHowAStateIsReached(DomainState state, DesiredState wanted, Action action) {
        Domain domain = domain(5, state, true);
        if (action == null) {
            assertRefused(domain, wanted, ProblemType.CONFLICT);
        } else {
            assertThat(StateRules.decide(domain, wanted)).isEqualTo(action);
        }
    }

    @Test
    void cannotBootWhatItDidNotMake() {
        assertRefused(domain(5, DomainState.SHUTDOWN, false), DesiredState.RUNNING, ProblemType.CONFLICT);
    }

    @Test
    void leavesDom0Alone() {
        assertRefused(domain(0, DomainState.RUNNING, false), DesiredState.PAUSED, ProblemType.FORBIDDEN);
    }

    private static void assertRefused(Domain domain, DesiredState wanted, ProblemType type) {
        assertThatThrownBy(() -> StateRules.decide(domain, wanted))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().type()).isEqualTo(type));
    }

    private static Domain domain(int domid, DomainState state, boolean managed) {
        return new Domain(new UUID(1, 2), "web1", domid, state, DomainType.PV, 128, 1, 0, managed);
    }

    @Test
    void allowsSoManyRestartsWithinTheWindow() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        RestartGuard guard = new RestartGuard(2, Duration.ofMinutes(10), now::get);
        assertThat(guard.mayRestart()).isTrue();
        now.set(Instant.EPOCH.plusSeconds(300));
        assertThat(guard.mayRestart()).isTrue();
        assertThat(guard.mayRestart()).isFalse();
        now.set(Instant.EPOCH.plusSeconds(599));
        assertThat(guard.mayRestart()).isFalse();
        now.set(Instant.EPOCH.plusSeconds(600));
        assertThat(guard.mayRestart()).as("the first has left the window").isTrue();
        assertThat(guard.mayRestart()).isFalse();
        guard.forgive();
        assertThat(guard.mayRestart()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"PV, 128, 1, 133120", "PV, 1, 1, 2048", "PV, 2, 1, 4096", "PVH, 128, 1, 135168"})
    void reckonsMemoryAsLibxlDoes(DomainType type, int mib, int vcpus, long kib) {
        var spec = Specs.sized(Specs.pv("any"), mib, vcpus);
        var typed = new dev.xcs.model.DomainSpec(
                spec.uuid(),
                spec.name(),
                type,
                mib,
                vcpus,
                spec.kernel(),
                null,
                null,
                false,
                spec.onPoweroff(),
                spec.onReboot(),
                spec.onCrash(),
                spec.guestOs(),
                spec.disks(),
                spec.vifs(),
                null);
        assertThat(Admission.needKib(typed)).isEqualTo(kib);
    }

    @Test
    void admitsUpToTheLastKibibyte() {
        var spec = Specs.sized(Specs.pv("any"), 128, 1);
        KeptDomain domain = KeptDomain.managed(
                dev.xcs.journal.Definition.creating(spec), new RestartGuard(1, Duration.ZERO, () -> Instant.EPOCH));
        Admission admission = new Admission();
        assertThatThrownBy(() -> admission.admit(domain, spec, host(133119)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("129 MiB are free");
        admission.admit(domain, spec, host(133120));
        KeptDomain second = KeptDomain.managed(
                dev.xcs.journal.Definition.creating(spec), new RestartGuard(1, Duration.ZERO, () -> Instant.EPOCH));
        assertThatThrownBy(() -> admission.admit(second, spec, host(133120 * 2 - 1)))
                .isInstanceOf(ProblemException.class);
        admission.settle(domain);
        admission.admit(second, spec, host(133120));
    }

    @ParameterizedTest
    @CsvSource({
        "PV PVH, true,  true,  1,   PVH",
        "PV PVH, true,  true,  128, PVH",
        "PV PVH, true,  true,  129, PV",
        "PV PVH, true,  false, 1,   PV",
        "PV PVH, false, false, 1,   PV",
        "PV,     true,  true,  1,   PV",
        "PVH,    true,  true,  1,   PVH",
        "PVH,    true,  false, 1,   PVH",
        "PVH,    false, false, 1,   PV"
    })
    void choosesTheTypeThatNobodyAskedFor(String kernel, boolean hvm, boolean hap, int vcpus, DomainType chosen) {
        Set<DomainType> bootable =
                Arrays.stream(kernel.split(" ")).map(DomainType::valueOf).collect(Collectors.toSet());
        HostInfo host = new HostInfo(true, Dom0System.LINUX, "4.17.0", List.of(), true, hvm, hap, 1, 1, 1, 1, 1);

        assertThat(TypeChoice.best(bootable, host, vcpus)).isEqualTo(chosen);
    }

    @Test
    void choosesPvhWhereThereIsNoPv() {
        HostInfo host = new HostInfo(true, Dom0System.LINUX, "4.17.0", List.of(), false, true, false, 1, 1, 1, 1, 1);

        assertThat(TypeChoice.best(Set.of(DomainType.PV, DomainType.PVH), host, 1))
                .isEqualTo(DomainType.PVH);
    }

    private static HostInfo host(long freeKib) {
        return new HostInfo(true, Dom0System.LINUX, "4.17.0", List.of(), true, true, true, 1, 1, 1, 1 << 20, freeKib);
    }
}
