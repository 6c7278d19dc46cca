package dev.xcs.hypervisor.sim.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.sim.net.HostAddress;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestOptionsTest {
    private static final Duration BOOT = Duration.ofSeconds(1);

    @Test
    void leavesOtherWordsAlone() {
        GuestOptions options = GuestOptions.parse("console=hvc0 quiet root=/dev/xvda simple=1", BOOT);
        assertThat(options).isEqualTo(GuestOptions.parse(null, BOOT));
        assertThat(options.bootTime()).isEqualTo(BOOT);
    }

    @Test
    void readsEveryOption() {
        GuestOptions options = GuestOptions.parse(
                "sim.boot-delay=0 sim.shutdown-delay=7 sim.crash-at-boot sim.ignore-shutdown sim.reboot-loop"
                        + " sim.print-rate=1000 sim.run=\"echo a b\" ip=10.0.0.2/24:10.0.0.1 ip=fd00::2/64,,eth1 ip=dhcp:eth2",
                BOOT);
        assertThat(options)
                .isEqualTo(new GuestOptions(
                        Duration.ZERO,
                        Duration.ofMillis(7),
                        true,
                        true,
                        true,
                        1000,
                        "echo a b",
                        List.of(
                                new BootAddress(
                                        new HostAddress(IpAddress.parse("10.0.0.2"), 24),
                                        IpAddress.parse("10.0.0.1"),
                                        null),
                                new BootAddress(new HostAddress(IpAddress.parse("fd00::2"), 64), null, "eth1"),
                                new BootAddress(null, null, "eth2"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sim.",
                "sim.nope",
                "sim.boot-delay",
                "sim.boot-delay=",
                "sim.boot-delay=-1",
                "sim.boot-delay=soon",
                "sim.crash-at-boot=1",
                "sim.print-rate=12345678901",
                "sim.run",
                "sim.run=",
                "ip=",
                "ip=10.0.0.2",
                "ip=10.0.0.2/33",
                "ip=10.0.0.2/24:nowhere",
                "ip=dhcp:eth0:eth1"
            })
    void refusesWhatItDoesNotKnow(String word) {
        Problem problem = catchThrowableOfType(ProblemException.class, () -> GuestOptions.parse("quiet " + word, BOOT))
                .problem();
        assertThat(problem.field()).isEqualTo("cmdline");
        assertThat(problem.detail()).contains(word);
    }
}
