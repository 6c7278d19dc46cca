package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
    private final Faults faults = new Faults();

    @Test
    void strikesAsOftenAsItIsArmed() {
        faults.arm(Fault.BUILD_FAILS, 2);
        assertThat(faults.strikes(Fault.BUILD_FAILS, 1)).isTrue();
        assertThat(faults.strikes(Fault.BUILD_FAILS, 2)).isTrue();
        assertThat(faults.strikes(Fault.BUILD_FAILS, 3)).isFalse();
        assertThat(faults.struck(Fault.BUILD_FAILS)).isEqualTo(2);
    }

    @Test
    void strikesOnlyTheDomainItIsArmedFor() {
        faults.armFor(Fault.ZOMBIE, 5, 1);
        assertThat(faults.strikes(Fault.ZOMBIE, 4)).isFalse();
        assertThat(faults.strikes(Fault.ZOMBIE)).isFalse();
        assertThat(faults.strikes(Fault.ZOMBIE, 5)).isTrue();
        assertThat(faults.strikes(Fault.ZOMBIE, 5)).isFalse();
    }

    @Test
    void strikesAlwaysUntilDisarmed() {
        faults.arm(Fault.LOST_EVENT, Faults.ALWAYS);
        for (int i = 0; i < 1000; i++) {
            assertThat(faults.strikes(Fault.LOST_EVENT, i)).isTrue();
        }
        faults.disarm(Fault.LOST_EVENT);
        assertThat(faults.strikes(Fault.LOST_EVENT, 1)).isFalse();
    }

    @Test
    void readsText() {
        faults.arm("BUILD_FAILS:1, SLOW_XENSTORE,ZOMBIE@7:2");
        assertThat(faults.strikes(Fault.BUILD_FAILS, 1)).isTrue();
        assertThat(faults.strikes(Fault.BUILD_FAILS, 1)).isFalse();
        assertThat(faults.strikes(Fault.SLOW_XENSTORE)).isTrue();
        assertThat(faults.strikes(Fault.SLOW_XENSTORE)).isTrue();
        assertThat(faults.strikes(Fault.ZOMBIE, 1)).isFalse();
        assertThat(faults.strikes(Fault.ZOMBIE, 7)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void armsNothingByNoText(String text) {
        faults.arm(text);
        assertThat(Arrays.stream(Fault.values()).noneMatch(faults::strikes)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NOPE",
                "build_fails",
                "ZOMBIE:0",
                "ZOMBIE:x",
                "ZOMBIE:-1",
                "ZOMBIE@",
                "ZOMBIE@x:1",
                ",",
                "ZOMBIE,,",
                "ZOMBIE:1:2",
                "ZOMBIE:99999999999"
            })
    void refusesTextThatItCannotRead(String text) {
        Problem problem = catchThrowableOfType(ProblemException.class, () -> faults.arm("LIST_FAILS:1," + text))
                .problem();
        assertThat(problem.field()).isEqualTo("faults");
        assertThat(problem.detail()).contains("NAME[@DOMID][:TIMES]", "STUCK_FRONTEND");
        assertThat(faults.strikes(Fault.LIST_FAILS))
                .as("nothing is armed by half a text")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void saysWhyItExists(Fault fault) {
        assertThat(fault.why()).hasSizeGreaterThan(40).endsWith(".").contains(":");
    }
}
