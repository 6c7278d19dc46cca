package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.model.ShutdownReason;
import dev.xcs.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What simulated guests do, seen from dom0: through the console ring, xenstore and the domain list. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimGuestTest {
    private SimHost host;

    @BeforeAll
    void switchOn(@TempDir Path stateDir) {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(10)), stateDir);
    }

    @AfterAll
    void switchOff() {
        host.close();
    }

    @Test
    void bootsLinuxWithABelievableLog() {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", 2, "console=hvc0 root=/dev/xvda")) {
            guest.untilPrinted("Linux version 6.1").untilPrinted("console=hvc0 root=/dev/xvda");
            guest.untilPrinted("console [hvc0] enabled").untilPrinted("Brought up 1 node, 2 CPUs");
            guest.untilPrinted("login: root").untilPrinted("root@guest-" + guest.domid + ":~# ");
            assertThat(guest.info().onlineVcpus()).isEqualTo(2);
            assertThat(guest.info().cpuNanos()).isPositive();
        }
    }

    @Test
    void bootsNetbsdThatSaysSo() {
        try (TestGuest guest = TestGuest.booted(host, "sim:netbsd", "")) {
            guest.untilPrinted("The NetBSD Foundation").untilPrinted("hypervisor0 at mainbus0: Xen version 4.17");
            guest.untilPrinted("guest-" + guest.domid + "# ");
            assertThat(guest.answer("uname")).isEqualTo("NetBSD");
            assertThat(guest.answer("uname -a")).contains("XEN3_DOMU", "amd64");
        }
    }

    @Test
    void answersInAShell() {
        try (TestGuest guest = TestGuest.up(host)) {
            assertThat(guest.answer("echo a 'b  c' \"d;e\"")).isEqualTo("a b  c d;e");
            assertThat(guest.answer("uname -a"))
                    .startsWith("Linux guest-" + guest.domid)
                    .contains("6.1.0-sim");
            assertThat(guest.answer("echo 1; echo 2;;")).isEqualTo("1\r\n2");
            assertThat(guest.answer("cat /proc/cpuinfo")).contains("processor\t: 0");
            assertThat(guest.answer("cat /nope")).contains("No such file");
            assertThat(guest.answer("ls /etc")).contains("hostname", "os-release");
            assertThat(guest.answer("ps")).contains("[xenwatch]");
            assertThat(guest.answer("free")).contains("Mem:");
            assertThat(guest.answer("uptime")).contains("load average");
            assertThat(guest.answer("dmesg")).contains("Linux version");
            assertThat(guest.answer("help")).contains("poweroff", "yes [TEXT]");
            assertThat(guest.answer("rm -rf /")).isEqualTo("sh: rm: not found");
        }
    }

    @Test
    void gives8BitTextBackUnchanged() {
        String all = IntStream.range(0x80, 0x100).mapToObj(Character::toString).collect(Collectors.joining());
        try (TestGuest guest = TestGuest.up(host)) {
            assertThat(guest.answer("echo " + all)).isEqualTo(all);
        }
    }

    @Test
    void erasesWithBackspace() {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("echo wrong\177\177\177\177\177right\r").untilPrinted("\r\nright\r\n");
        }
    }

    @Test
    void isQuietWithoutEcho() {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("stty -echo\r").untilPrinted("# ");
            guest.type("echo secret\r").untilPrinted("secret\r\n").untilPrinted("# ");
            assertThat(guest.printed()).doesNotContain("echo secret");
        }
    }

    @Test
    void logsInAgainAfterEndOfFile() {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("\004")
                    .untilPrinted("logout")
                    .untilPrinted("login: root")
                    .untilPrinted("# ");
        }
    }

    @Test
    void loosesNothingOfALongOutput() {
        try (TestGuest guest = TestGuest.up(host)) {
            String expected =
                    IntStream.rangeClosed(1, 20_000).mapToObj(Integer::toString).collect(Collectors.joining("\r\n"));
            assertThat(guest.answer("seq 20000")).isEqualTo(expected);
        }
    }

    @Test
    void waitsWhileItsRingIsFull() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("yes full\r").untilPrinted("full\r\nfull\r\n");
            Await.until("a full ring", TestGuest.PATIENCE, () -> guest.readOnce() == ConsolePage.OUT_SIZE);
            Await.until(
                    "a spinning guest", TestGuest.PATIENCE, () -> guest.info().running());
            guest.type("\003").untilPrinted("^C").untilPrinted("# ");
            assertThat(guest.answer("echo alive")).isEqualTo("alive");
        }
    }

    @Test
    void interruptsASleep() {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("sleep 1000; echo slept\r").untilPrinted("slept\r\n").type("\003");
            guest.untilPrinted("^C").untilPrinted("# ");
            assertThat(guest.answer("echo awake")).isEqualTo("awake");
            assertThat(guest.printed()).doesNotContain("\nslept");
        }
    }

    @Test
    void printsNothingWhilePaused() {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("yes\r").untilPrinted("y\r\ny\r\n");
            guest.hypervisor().domains().pause(guest.domid);
            guest.drain();
            guest.hypervisor().eventChannels().await(50);
            assertThat(guest.drain()).isZero();
            assertThat(guest.info().running()).isFalse();
            guest.hypervisor().domains().unpause(guest.domid);
            guest.untilPrinted("y\r\ny\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "poweroff, POWEROFF, reboot: Power down",
        "halt, POWEROFF, Power down",
        "reboot, REBOOT, Restarting system"
    })
    void endsByCommand(String command, ShutdownReason reason, String lastWords) throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type(command + "\r").untilEnded(reason);
            assertThat(guest.printed()).contains(lastWords);
        }
    }

    @Test
    void panicsByCommand() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.type("crash\r").untilEnded(ShutdownReason.CRASH);
            assertThat(guest.printed()).contains("Kernel panic - not syncing");
        }
    }

    @ParameterizedTest
    @CsvSource({"poweroff, POWEROFF", "halt, POWEROFF", "reboot, REBOOT"})
    void obeysControlShutdown(String request, ShutdownReason reason) throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            assertThat(guest.read("control/feature-poweroff")).isEqualTo("1");
            guest.write("control/shutdown", request);
            guest.untilEnded(reason);
            assertThat(guest.read("control/shutdown")).isEmpty();
        }
    }

    @Test
    void leavesARequestThatItDoesNotKnow() {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.write("control/shutdown", "hibernate");
            guest.untilPrinted("Ignoring shutdown request: hibernate");
            assertThat(guest.read("control/shutdown")).isEqualTo("hibernate");
            guest.write("control/shutdown", "suspend");
            guest.untilPrinted("cannot suspend");
            assertThat(guest.read("control/shutdown")).isEmpty();
        }
    }

    @Test
    void crashesBySysrq() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            guest.write("control/sysrq", "c");
            guest.untilEnded(ShutdownReason.CRASH);
        }
    }

    @Test
    void balloonsToItsTarget() throws Exception {
        long freeBefore = host.hypervisor().host().freeMemoryKib();
        try (TestGuest guest = TestGuest.up(host)) {
            guest.write("memory/target", "40960");
            Await.until("40 MiB", TestGuest.PATIENCE, () -> guest.info().memoryKib() == 40960);
            assertThat(host.hypervisor().host().freeMemoryKib()).isEqualTo(freeBefore - 40960 - 1024);
            guest.write("memory/target", "999999999");
            Await.until(
                    "the limit",
                    TestGuest.PATIENCE,
                    () -> guest.info().memoryKib() == guest.info().maxMemoryKib());
        }
        assertThat(host.hypervisor().host().freeMemoryKib()).isEqualTo(freeBefore);
    }

    @Test
    void followsCpuAvailability() throws Exception {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", 4, "")) {
            guest.untilPrinted("# ");
            guest.write("cpu/3/availability", "offline");
            Await.until("3 vcpus", TestGuest.PATIENCE, () -> guest.info().onlineVcpus() == 3);
            guest.write("cpu/3/availability", "online");
            Await.until("4 vcpus", TestGuest.PATIENCE, () -> guest.info().onlineVcpus() == 4);
        }
    }

    @Test
    void comesUpThoughNobodyReadsItsConsole() throws Exception {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "")) {
            Await.until(
                    "its drivers",
                    TestGuest.PATIENCE,
                    () -> guest.read("control/feature-reboot").equals("1"));
            guest.write("control/shutdown", "poweroff");
            Await.until("its end", TestGuest.PATIENCE, () -> guest.info().shutdownReason() != null);
        }
    }

    @Test
    void doesWhatItsCommandLineSays() throws Exception {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "sim.crash-at-boot")) {
            guest.untilEnded(ShutdownReason.CRASH);
            assertThat(guest.printed()).doesNotContain("login:");
        }
        try (TestGuest guest = TestGuest.booted(host, "sim:netbsd", "sim.reboot-loop sim.shutdown-delay=0")) {
            guest.untilEnded(ShutdownReason.REBOOT);
        }
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "sim.run=\"echo made; poweroff\"")) {
            guest.untilEnded(ShutdownReason.POWEROFF);
            assertThat(guest.printed()).contains("\r\nmade\r\n");
        }
    }

    @Test
    void ignoresShutdownWhenToldSo() {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "sim.ignore-shutdown")) {
            guest.untilPrinted("# ");
            guest.write("control/shutdown", "poweroff");
            assertThat(guest.answer("echo still here")).isEqualTo("still here");
            assertThat(guest.read("control/shutdown")).isEqualTo("poweroff");
        }
    }

    @Test
    void keepsToItsPrintRate() {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "sim.print-rate=20000")) {
            guest.untilPrinted("# ");
            long start = System.nanoTime();
            guest.answer("seq 2000");
            // 2,000 lines of about 6 bytes are 11 KB, less a tenth of a second's worth saved up.
            assertThat(System.nanoTime() - start)
                    .isGreaterThan(Duration.ofMillis(300).toNanos());
        }
    }
}
