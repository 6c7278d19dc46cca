package dev.xcs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.config.DaemonConfig.BuilderPlace;
import dev.xcs.config.DaemonConfig.HypervisorKind;
import dev.xcs.config.DaemonConfig.LogLevel;
import dev.xcs.model.Dom0System;
import dev.xcs.model.GuestOs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
    @TempDir
    Path dir;

    @Test
    void hasADefaultForEveryKey() {
        DaemonConfig config = read(Map.of(), Map.of(), "").config();

        assertThat(config.hypervisor()).isEqualTo(HypervisorKind.AUTO);
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/xcs"));
        assertThat(config.log().level()).isEqualTo(LogLevel.INFO);
        assertThat(config.api()).isEqualTo(new DaemonConfig.ApiConfig("127.0.0.1", 8080, 1 << 20, 256, List.of()));
        assertThat(config.management()).isEqualTo(new DaemonConfig.ManagementConfig("127.0.0.1", 8081));
        assertThat(config.xenstore()).isEqualTo(new DaemonConfig.XenstoreConfig("", 64));
        assertThat(config.console())
                .returns(8L << 20, DaemonConfig.ConsoleConfig::historyBytes)
                .returns(1L << 30, DaemonConfig.ConsoleConfig::totalBytes)
                .returns(256L << 20, DaemonConfig.ConsoleConfig::minFreeBytes)
                .returns(16 << 10, DaemonConfig.ConsoleConfig::inputBytes)
                .returns(Duration.ofMinutes(10), DaemonConfig.ConsoleConfig::leaseIdle)
                .returns(Duration.ofHours(8), DaemonConfig.ConsoleConfig::viewIdle);
        assertThat(config.console()
                        .bannerOf(GuestOs.NETBSD)
                        .matcher("NetBSD 10.0 (GENERIC)")
                        .find())
                .isTrue();
        assertThat(config.console().promptOf(GuestOs.PLAN9).matcher("term% ").find())
                .isTrue();
        assertThat(config.domain())
                .isEqualTo(new DaemonConfig.DomainConfig(
                        5, Duration.ofMinutes(1), 2, BuilderPlace.PROCESS, Duration.ofSeconds(5), Optional.empty()));
        assertThat(config.events()).isEqualTo(new DaemonConfig.EventsConfig(8L << 20, 256L << 20, Duration.ofDays(7)));
        assertThat(config.kernelCache())
                .isEqualTo(new DaemonConfig.KernelCacheConfig(Path.of("/var/lib/xcs/kernels"), 512L << 20));
    }

    @Test
    void readsEveryKeyFromAFile() {
        DaemonConfig config = read(Map.of(), Map.of(), """
            hypervisor = "sim"
            state-dir = "/s"
            log.level = "debug"
            [api]
            host = "127.1.2.3"
            port = 1
            max-body-size = "2KiB"
            max-console-viewers = 2
            allowed-hosts = ["xcs.example", "b"]
            [management]
            host = "localhost"
            port = 2
            [xenstore]
            socket = "/x/socket"
            max-in-flight = 3
            [console]
            history-size = 131072
            total-size = "3MiB"
            min-free = 0
            input-size = "2KiB"
            lease-idle = "2m"
            view-idle = "3h"
            linux-banner = "a"
            linux-prompt = "b"
            netbsd-banner = "c"
            netbsd-prompt = "d"
            other-banner = "e"
            other-prompt = "f"
            [domain]
            max-restarts = 0
            restart-window = "2h"
            max-parallel-builds = 4
            builder = "inside"
            reconcile-every = "250ms"
            pvgrub-pv = "/g/pv"
            pvgrub-pvh = "/g/pvh"
            hvmloader = "/h/loader"
            hvm-bios = "/h/bios"
            hvm-uefi = "/h/uefi"
            device-model = "/h/qemu"
            [events]
            segment-size = "1MiB"
            max-size = "2MiB"
            max-age = "3h"
            [kernel-cache]
            directory = "/k"
            max-size = 0
            [block]
            image-root = "/i"
            script-directory = "/sc"
            qemu-nbd = "/qn"
            qemu-img = "/qi"
            [network]
            dnsmasq = "/d"
            default-network = "lan"
            [sim]
            dom0 = "netbsd"
            """).config();

        assertThat(config)
                .isEqualTo(new DaemonConfig(
                        HypervisorKind.SIM,
                        Path.of("/s"),
                        new DaemonConfig.LogConfig(LogLevel.DEBUG),
                        new DaemonConfig.ApiConfig("127.1.2.3", 1, 2048, 2, List.of("xcs.example", "b")),
                        new DaemonConfig.ManagementConfig("localhost", 2),
                        new DaemonConfig.XenstoreConfig("/x/socket", 3),
                        new DaemonConfig.ConsoleConfig(
                                131072,
                                3 << 20,
                                0,
                                2048,
                                Duration.ofMinutes(2),
                                Duration.ofHours(3),
                                Map.of(GuestOs.LINUX, "a", GuestOs.NETBSD, "c", GuestOs.UNKNOWN, "e"),
                                Map.of(GuestOs.LINUX, "b", GuestOs.NETBSD, "d", GuestOs.UNKNOWN, "f")),
                        new DaemonConfig.DomainConfig(
                                0,
                                Duration.ofHours(2),
                                4,
                                BuilderPlace.INSIDE,
                                Duration.ofMillis(250),
                                Optional.empty()),
                        new DaemonConfig.PvgrubConfig(Path.of("/g/pv"), Path.of("/g/pvh")),
                        new DaemonConfig.HvmConfig(
                                Path.of("/h/loader"), Path.of("/h/bios"), Path.of("/h/uefi"), Path.of("/h/qemu")),
                        new DaemonConfig.EventsConfig(1 << 20, 2 << 20, Duration.ofHours(3)),
                        new DaemonConfig.KernelCacheConfig(Path.of("/k"), 0),
                        new DaemonConfig.BlockConfig(
                                Optional.of(Path.of("/i")),
                                Optional.of(Path.of("/sc")),
                                Path.of("/qn"),
                                Path.of("/qi")),
                        new DaemonConfig.NetworkConfig(
                                List.of(),
                                Path.of("/d"),
                                Path.of("/run/xcs/networks"),
                                Optional.of("lan"),
                                Optional.of(Path.of("/sc"))),
                        new DaemonConfig.SimConfig(Dom0System.NETBSD)));
    }

    @Test
    void letsTheOptionWinOverTheEnvironmentAndThatOverTheFile() {
        String file = "[api]\nport = 1000\n[management]\nport = 2000\n[console]\nhistory-size = 500000";
        EffectiveConfig effective =
                read(Map.of("api.port", "1002"), Map.of("XCS_API_PORT", "1001", "XCS_MANAGEMENT_PORT", "2001"), file);

        assertThat(effective.config().api().port()).isEqualTo(1002);
        assertThat(effective.config().management().port()).isEqualTo(2001);
        assertThat(effective.config().console().historyBytes()).isEqualTo(500000);
        assertThat(effective.lines())
                .contains(
                        "api.port = \"1002\" (option --api-port)",
                        "management.port = \"2001\" (environment XCS_MANAGEMENT_PORT)",
                        "console.history-size = \"500000\" (file " + dir.resolve("xcsd.toml") + ")",
                        "domain.max-restarts = \"5\" (default)");
    }

    @Test
    void takesEveryKeyFromTheEnvironmentAndFromAnOption() {
        for (Key<?> key : Keys.all()) {
            assertThat(errors(Map.of(), Map.of(key.environmentName(), "\n"), ""))
                    .as(key.path())
                    .allMatch(error -> error.startsWith(key.path() + " (environment " + key.environmentName() + ")"));
            assertThat(errors(Map.of(key.path(), "\n"), Map.of(), ""))
                    .allMatch(error -> error.startsWith(key.path() + " (option " + key.option() + ")"));
        }
    }

    @Test
    void hasOneEnvironmentNameAndOneOptionForEachKey() {
        assertThat(Keys.all()).extracting(Key::environmentName).doesNotHaveDuplicates();
        assertThat(Keys.all()).extracting(Key::option).doesNotHaveDuplicates();
        assertThat(Keys.all()).allMatch(key -> key.parse(key.fallback()).isPresent());
    }

    @Test
    void reportsEveryErrorAtOnce() {
        List<String> errors = errors(
                Map.of("log.level", "loud"),
                Map.of("XCS_API_PORT", "70000", "XCS_STATEDIR", "/x"),
                "hypervisor = \"kvm\"\n[api]\nprot = 1\n[console]\nhistory-size = \"64 KB\"");

        assertThat(errors)
                .containsExactlyInAnyOrder(
                        "hypervisor (file " + dir.resolve("xcsd.toml") + "): \"kvm\", expected one of auto, xen, sim",
                        "\"api.prot\" (file " + dir.resolve("xcsd.toml") + "): unknown key, did you mean api.port?",
                        "console.history-size (file " + dir.resolve("xcsd.toml")
                                + "): \"64 KB\", expected a size from 64KiB to 64GiB, as 4096, 64KiB, 1MiB or 2GiB",
                        "api.port (environment XCS_API_PORT): \"70000\", expected a port from 0 to 65535, where 0"
                                + " takes any free one",
                        "\"XCS_STATEDIR\" (environment): unknown variable, did you mean XCS_STATE_DIR?",
                        "log.level (option --log-level): \"loud\", expected one of error, warn, info, debug");
    }

    @Test
    void refusesAWrongValueAlsoWhereAStrongerSourceOverridesIt() {
        assertThat(errors(Map.of("api.port", "1"), Map.of("XCS_API_PORT", "x"), ""))
                .singleElement()
                .asString()
                .startsWith("api.port (environment XCS_API_PORT): \"x\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "api.port|-1",
                "api.port|65536",
                "api.port|0x50",
                "api.port|80.0",
                "api.port|''",
                "api.port| 80'",
                "api.port|99999999999999999999",
                "api.host|0.0.0.0",
                "api.host|127.0.0.256",
                "api.host|example.org",
                "api.host|::",
                "api.host|127.1",
                "api.allowed-hosts|a b",
                "api.allowed-hosts|a:80",
                "api.allowed-hosts|'a,,b'",
                "domain.restart-window|5",
                "domain.restart-window|0s",
                "domain.restart-window|1d",
                "domain.restart-window|999999999999h",
                "console.history-size|63KiB",
                "console.history-size|65GiB",
                "console.history-size|64kib",
                "console.history-size|-64KiB",
                "console.linux-banner|(",
                "domain.max-parallel-builds|0",
                "state-dir|''",
                "hypervisor|XEN",
                "kernel-cache.max-size|999999999999GiB"
            })
    void refusesWhatIsOutOfRangeOrOutOfForm(String path, String value) {
        assertThat(errors(Map.of(path, value), Map.of(), ""))
                .singleElement()
                .asString()
                .startsWith(path + " (option ");
    }

    @Test
    void refusesNulInAPath() {
        assertThat(errors(Map.of("state-dir", "/a\0b"), Map.of(), ""))
                .singleElement()
                .asString()
                .contains("\\u0000");
    }

    @Test
    void takesAListWithCommasBetween() {
        assertThat(read(Map.of("api.allowed-hosts", "a,b.c"), Map.of(), "")
                        .config()
                        .api()
                        .allowedHosts())
                .containsExactly("a", "b.c");
    }

    @Test
    void refusesValuesOfTheWrongTomlType() {
        assertThat(errors(Map.of(), Map.of(), "hypervisor = true\napi = 3\nstate-dir = [\"a\"]\n[log.level]\nx = 1"))
                .hasSize(4)
                .anySatisfy(error ->
                        assertThat(error).startsWith("hypervisor (file ").contains("true, expected"))
                .anySatisfy(error -> assertThat(error).startsWith("\"api\" (file "))
                .anySatisfy(error ->
                        assertThat(error).startsWith("state-dir (file ").contains("[\"a\"], expected"))
                .anySatisfy(error -> assertThat(error).startsWith("log.level (file "));
    }

    @Test
    void namesTheLineOfWhatIsNotToml() {
        assertThat(errors(Map.of(), Map.of(), "[api]\nport = = 3\n"))
                .singleElement()
                .asString()
                .contains("line 2")
                .contains("not TOML");
    }

    @Test
    void refusesAKeyThatIsWrittenTwice() {
        assertThat(errors(Map.of(), Map.of(), "[api]\nport = 1\nport = 2\n"))
                .singleElement()
                .asString()
                .contains("not TOML");
    }

    @Test
    void refusesAFileThatWasNamedAndIsNotThere() {
        Path missing = dir.resolve("missing.toml");
        assertThat(refusal(() -> ConfigReader.read(Map.of(), Map.of(), Optional.of(missing)))
                        .errors())
                .containsExactly("file " + missing + ": there is no such file");
        assertThat(refusal(() ->
                                ConfigReader.read(Map.of(), Map.of("XCS_CONFIG", missing.toString()), Optional.empty()))
                        .errors())
                .containsExactly("file " + missing + ": there is no such file");
    }

    @Test
    void leavesAloneTheVariablesThatOthersRead() {
        Map<String, String> environment =
                Map.of("XCS_CACHE_DIR", "x", "XCS_FAULTS", "y", "XCS_TEST_ANY", "z", "PATH", "/bin");
        assertThat(read(Map.of(), environment, "").config())
                .isEqualTo(read(Map.of(), Map.of(), "").config());
    }

    @Test
    void refusesTheSamePortTwiceButNotTwoFreeOnes() {
        assertThat(errors(Map.of("api.port", "8081"), Map.of(), ""))
                .containsExactly("management.port (default): \"8081\", expected another port than api.port (option"
                        + " --api-port)");
        assertThat(read(Map.of("api.port", "0", "management.port", "0"), Map.of(), "")
                        .config()
                        .api()
                        .port())
                .isZero();
    }

    @Test
    void keepsUnpackedKernelsInTheStateDirectoryUnlessToldOtherwise() {
        assertThat(read(Map.of("state-dir", "/s"), Map.of(), "")
                        .config()
                        .kernelCache()
                        .directory())
                .isEqualTo(Path.of("/s/kernels"));
    }

    @Test
    void hidesSecrets() {
        Kind<String> any = new Kind<>("TEXT", "text", Optional::of);
        Key<String> secret = new Key<>("mail.password", "", any, "");
        assertThat(secret.shown("hunter2")).isEqualTo("(hidden)");
        assertThat(new Key<>("mail.host", "", any, "").shown("hunter2")).isEqualTo("\"hunter2\"");
    }

    private EffectiveConfig read(Map<String, String> options, Map<String, String> environment, String toml) {
        Path file = dir.resolve("xcsd.toml");
        try {
            Files.writeString(file, toml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return ConfigReader.read(options, environment, Optional.of(file));
    }

    private List<String> errors(Map<String, String> options, Map<String, String> environment, String toml) {
        return refusal(() -> read(options, environment, toml)).errors();
    }

    private static ConfigRefused refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        ConfigRefused refused = catchThrowableOfType(ConfigRefused.class, reading);
        assertThat(refused).as("refused").isNotNull();
        return refused;
    }
}
