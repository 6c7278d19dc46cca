package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BootArgumentsTest {
    @Test
    void tellLinuxWhereItsConsoleIs() {
        assertThat(BootArguments.of(spec(GuestOs.LINUX, null))).isEqualTo("console=hvc0");
    }

    @ParameterizedTest
    @EnumSource(value = GuestOs.class, mode = EnumSource.Mode.EXCLUDE, names = "LINUX")
    void tellOthersNothing(GuestOs guestOs) {
        assertThat(BootArguments.of(spec(guestOs, null))).isNull();
    }

    @Test
    void leaveWhatWasAskedForAsItIs() {
        assertThat(BootArguments.of(spec(GuestOs.LINUX, "root=/dev/xvda ro"))).isEqualTo("root=/dev/xvda ro");
        assertThat(BootArguments.of(spec(GuestOs.LINUX, ""))).isEmpty();
    }

    private static DomainSpec spec(GuestOs guestOs, @Nullable String cmdline) {
        return new DomainSpec(
                new UUID(1, 2),
                "web",
                DomainType.PV,
                128,
                1,
                "/boot/vmlinuz",
                List.of(),
                cmdline,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                guestOs,
                List.of(),
                List.of(),
                null);
    }
}
