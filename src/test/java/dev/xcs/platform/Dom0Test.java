package dev.xcs.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Dom0System;
import dev.xcs.model.ProblemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the facts about libxl, its scripts and the kernels: facts/xcs-2005.md 5.5, and for Linux facts/native.md 3.4 and 3.7. */
class Dom0Test {
    private static final ScriptedDevice VIF = new ScriptedDevice(
            Path.of("/scripts/vif-bridge"), "vif", "/local/domain/0/backend/vif/5/1", "the vif", "eth1");
    private static final ScriptedDevice VBD =
            new ScriptedDevice(Path.of("/scripts/block"), "vbd", "/local/domain/0/backend/vbd/5/51712", "", "");

    @ParameterizedTest
    @CsvSource({"LINUX, 5, 1, vif5.1", "NETBSD, 5, 1, xvif5i1", "LINUX, 32751, 12, vif32751.12", "NETBSD, 0, 0, xvif0i0"
    })
    void namesTheInterfaceOfAVif(Dom0 dom0, int domid, int index, String name) {
        assertThat(dom0.vifName(domid, index)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "LINUX, 7, 0, 7:0",
        "LINUX, 253, 17, fd:11",
        "LINUX, 259, 1048575, 103:fffff",
        // makedev(14, 3) of NetBSD: 14 << 8 | 3.
        "NETBSD, 14, 3, 3587",
        "NETBSD, 142, 255, 36607",
        // The ninth bit of a minor is the twenty-first of the number.
        "NETBSD, 14, 256, 1052160",
        "NETBSD, 4095, 1048575, 4294967295"
    })
    void writesAndReadsTheNodePhysicalDevice(Dom0 dom0, int major, int minor, String text) {
        DeviceNumber device = new DeviceNumber(major, minor);

        assertThat(dom0.physicalDevice(device)).isEqualTo(text);
        assertThat(dom0.deviceNumber(text)).isEqualTo(device);
    }

    @ParameterizedTest
    @CsvSource({"LINUX, 3587", "LINUX, 7", "LINUX, 7:0:1", "LINUX, g:0", "NETBSD, 7:0", "NETBSD, 0xe03", "NETBSD, -1"})
    void refusesTheNotationOfAnother(Dom0 dom0, String text) {
        assertThatExceptionOfType(NumberFormatException.class).isThrownBy(() -> dom0.deviceNumber(text));
    }

    @Test
    void callsScriptsOfLinuxWithAnActionAndAnEnvironment() {
        Map<String, String> vif = Map.of(
                "script", "/scripts/vif-bridge",
                "XENBUS_TYPE", "vif",
                "XENBUS_PATH", "backend/vif/5/1",
                "XENBUS_BASE_PATH", "backend",
                "vif", "the vif",
                "netdev", "eth1");
        Map<String, String> vbd = Map.of(
                "script", "/scripts/block",
                "XENBUS_TYPE", "vbd",
                "XENBUS_PATH", "backend/vbd/5/51712",
                "XENBUS_BASE_PATH", "backend");

        assertThat(Dom0.LINUX.attach(VIF)).isEqualTo(new ScriptCall(List.of("online", "type_if=vif"), vif));
        assertThat(Dom0.LINUX.detach(VIF)).isEqualTo(new ScriptCall(List.of("offline", "type_if=vif"), vif));
        assertThat(Dom0.LINUX.attach(VBD)).isEqualTo(new ScriptCall(List.of("add"), vbd));
        assertThat(Dom0.LINUX.detach(VBD)).isEqualTo(new ScriptCall(List.of("remove"), vbd));
    }

    @Test
    void callsScriptsOfNetbsdWithTheBackEndAndItsState() {
        assertThat(Dom0.NETBSD.attach(VIF)).isEqualTo(plain("/local/domain/0/backend/vif/5/1", "2"));
        assertThat(Dom0.NETBSD.detach(VIF)).isEqualTo(plain("/local/domain/0/backend/vif/5/1", "6"));
        assertThat(Dom0.NETBSD.attach(VBD)).isEqualTo(plain("/local/domain/0/backend/vbd/5/51712", "2"));
        assertThat(Dom0.NETBSD.detach(VBD)).isEqualTo(plain("/local/domain/0/backend/vbd/5/51712", "6"));
    }

    private static ScriptCall plain(String... arguments) {
        return new ScriptCall(List.of(arguments), Map.of());
    }

    @Test
    void knowsWhereThingsAre() {
        assertThat(Dom0.LINUX.scriptDirectory()).isEqualTo(Path.of("/etc/xen/scripts"));
        assertThat(Dom0.NETBSD.scriptDirectory()).isEqualTo(Path.of("/usr/pkg/etc/xen/scripts"));
        assertThat(Dom0.LINUX.devices())
                .containsExactly(Path.of("/dev/xen/privcmd"), Path.of("/dev/xen/evtchn"), Path.of("/dev/xen/gntdev"));
        assertThat(Dom0.NETBSD.devices()).containsExactly(Path.of("/kern/xen/privcmd"), Path.of("/dev/xenevt"));
    }

    @ParameterizedTest
    @CsvSource({"Linux, LINUX", "NetBSD, NETBSD"})
    void isChosenByUname(String sysname, Dom0 dom0) {
        assertThat(Dom0.of(Dom0System.ofSysname(sysname))).isEqualTo(dom0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "FreeBSD", "Mac OS X"})
    void refusesOtherSystems(String sysname) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> Dom0System.ofSysname(sysname))
                .withMessageContaining("expected Linux or NetBSD");
    }

    @Test
    void namesItselfInJson() {
        assertThat(Dom0System.NETBSD.json()).isEqualTo("netbsd");
        assertThat(Dom0System.ofJson("linux")).isEqualTo(Dom0System.LINUX);
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> Dom0System.ofJson("Linux"))
                .withMessageContaining("dom0: \"Linux\", expected linux or netbsd");
    }
}
