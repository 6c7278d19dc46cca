package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestOsTest {
    @ParameterizedTest
    @CsvSource({
        "linux, LINUX",
        "NetBSD, NETBSD",
        "FreeBSD, FREEBSD",
        "openbsd, OPENBSD",
        "Plan 9, PLAN9",
        "plan_9, PLAN9",
        "windows, WINDOWS",
        "other, UNKNOWN",
        "unknown, UNKNOWN"
    })
    void isReadAsPeopleWriteIt(String name, GuestOs guestOs) {
        assertThat(GuestOs.of(name)).isEqualTo(guestOs);
        assertThat(GuestOs.ofNote(name)).isEqualTo(guestOs);
    }

    @Test
    void refusesANameThatNobodyKnows() {
        assertThatThrownBy(() -> GuestOs.of("BeOS"))
                .isInstanceOf(ProblemException.class)
                .hasMessage(
                        "guestOs: \"BeOS\", expected one of linux, netbsd, freebsd, openbsd, plan9, minios, windows,"
                                + " unknown");
    }

    @Test
    void takesAnythingFromAKernelsNote() {
        assertThat(GuestOs.ofNote(null)).isEqualTo(GuestOs.UNKNOWN);
        assertThat(GuestOs.ofNote("Mini-OS")).isEqualTo(GuestOs.MINIOS);
        assertThat(GuestOs.ofNote("GRUB")).isEqualTo(GuestOs.UNKNOWN);
    }
}
