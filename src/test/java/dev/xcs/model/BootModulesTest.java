package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BootModulesTest {
    private static DomainSpec spec(DomainType type, GuestOs guestOs, String... ramdisks) {
        return new DomainSpec(
                new UUID(1, 2),
                "web",
                type,
                128,
                1,
                "/boot/kernel",
                List.of(ramdisks),
                null,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                guestOs,
                List.of(),
                List.of(),
                null);
    }

    @ParameterizedTest
    @EnumSource(names = {"PV", "PVH"})
    void joinsThoseOfLinux(DomainType type) {
        assertThat(BootModules.of(spec(type, GuestOs.LINUX, "/a", "/b", "/c")))
                .containsExactly(List.of("/a", "/b", "/c"));
        assertThat(BootModules.of(spec(type, GuestOs.LINUX, "/a"))).containsExactly(List.of("/a"));
        assertThat(BootModules.of(spec(type, GuestOs.LINUX))).isEmpty();
    }

    @Test
    void givesOthersEachAsAModule() {
        assertThat(BootModules.of(spec(DomainType.PVH, GuestOs.NETBSD, "/a", "/b")))
                .containsExactly(List.of("/a"), List.of("/b"));
        assertThat(BootModules.of(spec(DomainType.PV, GuestOs.UNKNOWN, "/a"))).containsExactly(List.of("/a"));
    }

    @Test
    void refusesWhatXenHasNoRoomFor() {
        assertThat(refusal(spec(DomainType.PVH, GuestOs.NETBSD, "/a", "/b", "/c")))
                .startsWith("ramdisks: 3 files, expected at most 2: Xen tells a pvh guest of no more");
        assertThat(refusal(spec(DomainType.PV, GuestOs.NETBSD, "/a", "/b")))
                .startsWith("ramdisks: 2 files, expected at most 1: Xen tells a pv guest of no more");
    }

    private static String refusal(DomainSpec spec) {
        Problem problem = catchThrowableOfType(ProblemException.class, () -> BootModules.of(spec))
                .problem();
        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.field()).isEqualTo("ramdisks");
        return problem.detail();
    }
}
