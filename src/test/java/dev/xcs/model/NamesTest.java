package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names that enums have in JSON are part of the API: they must not change by accident. */
class NamesTest {
    private final ObjectMapper json = Json.mapper();

    @Test
    void areTheseInJson() throws Exception {
        assertThat(json.writeValueAsString(DomainState.values()))
                .isEqualTo("[\"creating\",\"running\",\"paused\",\"shutdown\",\"crashed\",\"dying\"]");
        assertThat(json.writeValueAsString(DesiredState.values()))
                .isEqualTo("[\"running\",\"paused\",\"shutdown\",\"rebooted\"]");
        assertThat(json.writeValueAsString(OnEnd.values())).isEqualTo("[\"destroy\",\"restart\",\"preserve\"]");
        assertThat(json.writeValueAsString(DomainType.values())).isEqualTo("[\"pv\",\"pvh\",\"hvm\"]");
        assertThat(json.writeValueAsString(DiskFormat.values())).isEqualTo("[\"raw\",\"qcow2\",\"vhd\",\"vmdk\"]");
        assertThat(json.writeValueAsString(DiskAccess.values())).isEqualTo("[\"ro\",\"rw\"]");
        assertThat(json.writeValueAsString(DiskDevice.values())).isEqualTo("[\"disk\",\"cdrom\"]");
        assertThat(json.writeValueAsString(DiskBackend.values())).isEqualTo("[\"phy\",\"tap\",\"qdisk\"]");
        assertThat(json.writeValueAsString(GuestOs.values()))
                .isEqualTo(
                        "[\"linux\",\"netbsd\",\"freebsd\",\"openbsd\",\"plan9\",\"minios\",\"windows\",\"unknown\"]");
        assertThat(json.writeValueAsString(ShutdownReason.values()))
                .isEqualTo("[\"poweroff\",\"reboot\",\"suspend\",\"crash\",\"watchdog\",\"soft-reset\"]");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                DomainState.class,
                DesiredState.class,
                OnEnd.class,
                DomainType.class,
                ShutdownReason.class,
                DiskFormat.class,
                DiskAccess.class,
                DiskDevice.class,
                DiskBackend.class,
                GuestOs.class
            })
    void areReadBack(Class<?> type) throws Exception {
        for (Object constant : type.getEnumConstants()) {
            assertThat(json.readValue(json.writeValueAsString(constant), type)).isSameAs(constant);
        }
    }

    @Test
    void giveShutdownReasonsTheCodesOfXen() {
        assertThat(ShutdownReason.ofCode(0)).isEqualTo(ShutdownReason.POWEROFF);
        assertThat(ShutdownReason.ofCode(1)).isEqualTo(ShutdownReason.REBOOT);
        assertThat(ShutdownReason.ofCode(2)).isEqualTo(ShutdownReason.SUSPEND);
        assertThat(ShutdownReason.ofCode(3)).isEqualTo(ShutdownReason.CRASH);
        assertThat(ShutdownReason.ofCode(4)).isEqualTo(ShutdownReason.WATCHDOG);
        assertThat(ShutdownReason.ofCode(5)).isEqualTo(ShutdownReason.SOFT_RESET);
        assertThat(ShutdownReason.ofCode(255)).isEqualTo(ShutdownReason.CRASH);
        assertThat(ShutdownReason.ofCode(-1)).isEqualTo(ShutdownReason.CRASH);
    }
}
