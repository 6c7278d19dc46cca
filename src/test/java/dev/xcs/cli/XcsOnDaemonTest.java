package dev.xcs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.RunningDaemon;
import dev.xcs.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small tools with the whole daemon on the simulated host. */
class XcsOnDaemonTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private RunningDaemon daemon;
    private Shell shell;
    private final ExecutorService background = Executors.newCachedThreadPool();

    @BeforeEach
    void start() {
        daemon = RunningDaemon.start(dir);
        shell = Shell.with(Map.of(), dir);
    }

    @AfterEach
    void stop() {
        daemon.close();
        background.shutdownNow();
    }

    /** A terminal that only notes what is done to it. */
    private static final class NotedTerminal implements RawTerminal {
        private volatile boolean wasRaw;
        private volatile boolean isRestored;

        @Override
        public void raw() {
            wasRaw = true;
        }

        @Override
        public void close() {
            isRestored = true;
        }
    }

    @Test
    void takesAGuestFromItsCreationToItsEnd() throws Exception {
        assertThat(shell.run("info").out()).contains("simulated:      true");
        create("web", "--paused");
        assertThat(shell.run("--json", "info", "web").json().path("state").asText())
                .isEqualTo("paused");
        assertThat(shell.run("start", "web").out()).isEqualTo("web is running\n");
        assertThat(shell.run("pause", "web").out()).isEqualTo("web is paused\n");
        assertThat(shell.run("unpause", "web").out()).isEqualTo("web is running\n");
        assertThat(shell.run("list").out().lines()).hasSize(3).anyMatch(line -> line.startsWith("web "));
        String uuid = shell.run("--json", "info", "web").json().path("uuid").asText();
        assertThat(shell.run("destroy", uuid).code()).isZero();
        assertThat(shell.run("info", "web").code()).isEqualTo(ExitCode.NO_SUCH_DOMAIN);
        assertThat(shell.run("info", uuid).code()).isEqualTo(ExitCode.NO_SUCH_DOMAIN);
        assertThat(shell.run("sysrq", uuid, "h").code()).isEqualTo(ExitCode.NO_SUCH_DOMAIN);
    }

    @Test
    void waitsForAGuestToRebootAndToPowerOff() throws Exception {
        create("web");
        awaitPrompt();
        int domid = shell.run("--json", "info", "web").json().path("domid").asInt();

        Shell.Result rebooted = shell.run("--json", "reboot", "--wait", "web");

        assertThat(rebooted.code()).as(rebooted.err()).isZero();
        assertThat(rebooted.json().path("domid").asInt()).isGreaterThan(domid);
        awaitPrompt();
        Shell.Result stopped = shell.run("stop", "--wait", "web");
        assertThat(stopped.out()).as(stopped.err()).isEqualTo("web has powered off\n");
        assertThat(shell.run("pause", "web").code()).isEqualTo(ExitCode.NO_SUCH_DOMAIN);
    }

    @Test
    void givesUpWaitingForAGuestThatDoesNotListen() {
        create("deaf", "--cmdline", "sim.ignore-shutdown");

        Shell.Result refused = shell.run("stop", "--wait", "--timeout", "1", "deaf");

        assertThat(refused.code()).as(refused.err()).isEqualTo(ExitCode.TIMED_OUT);
        assertThat(refused.err()).isEqualTo("xcs: deaf has not done it within 1 seconds\n");
    }

    @Test
    void passesTheProblemOn() {
        create("web");

        Shell.Result refused = shell.run("create", "web", "--kernel", "sim:linux", "-m", "64", "--vcpus", "1");

        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("web");
        assertThat(shell.run("create", "big", "--kernel", "sim:linux", "-m", "8t", "--vcpus", "1")
                        .err())
                .startsWith("xcs: ");
        Shell stranger = Shell.with(Map.of("XCS_TOKEN", "wrong"), dir);
        assertThat(stranger.run("list").code()).isEqualTo(ExitCode.NOT_AUTHORISED);
    }

    @Test
    void pipesCommandsIntoAConsoleAndItsOutputOut() throws Exception {
        create("web");
        awaitPrompt();

        Shell.Result shown = shell.typed("echo a'live'\n", "console", "--linger", "1", "web");

        assertThat(shown.code()).as(shown.err()).isZero();
        assertThat(shown.out()).contains("Linux version", "\nalive\r\n");
    }

    @Test
    void hasATerminalOfItsOwnUntilTheEscapeKey() throws Exception {
        create("web");
        awaitPrompt();
        NotedTerminal terminal = new NotedTerminal();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PipedOutputStream keys = new PipedOutputStream()) {
            Future<Shell.Result> attached = attach(terminal, out, keys);
            Await.until("it is raw", SOON, () -> terminal.wasRaw);
            keys.write("echo s'een'\r".getBytes(StandardCharsets.UTF_8));
            keys.flush();
            Await.until(
                    "it is echoed",
                    SOON,
                    () -> out.toString(StandardCharsets.UTF_8).contains("\nseen"));
            assertThat(terminal.isRestored).isFalse();
            keys.write(new byte[] {'x', Keyboard.ESCAPE, 'y'});
            keys.flush();

            Shell.Result result = attached.get(SOON.toSeconds(), TimeUnit.SECONDS);

            assertThat(result.code()).as(result.err()).isZero();
            assertThat(terminal.isRestored).isTrue();
        }
        Await.until(
                "what was typed before the key has arrived",
                SOON,
                () -> shell.run("console", "--linger", "0.5", "web").out().endsWith("# x"));
    }

    @Test
    void saysOnStandardErrorThatADomainHasRebootedAndIsGone() throws Exception {
        create("web");
        awaitPrompt();
        NotedTerminal terminal = new NotedTerminal();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PipedOutputStream keys = new PipedOutputStream()) {
            Future<Shell.Result> attached = attach(terminal, out, keys);
            Await.until("it shows", SOON, () -> out.size() > 0);
            assertThat(shell.run("reboot", "--wait", "web").code()).isZero();
            assertThat(shell.run("destroy", "web").code()).isZero();

            Shell.Result result = attached.get(SOON.toSeconds(), TimeUnit.SECONDS);

            assertThat(result.code()).isZero();
            assertThat(result.err())
                    .contains("xcs: the domain has booted anew, domid 2\r\n", "xcs: the domain is gone");
            assertThat(terminal.isRestored).isTrue();
        }
    }

    @Test
    void restoresTheTerminalWhenTheDaemonStops() throws Exception {
        create("web");
        NotedTerminal terminal = new NotedTerminal();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PipedOutputStream keys = new PipedOutputStream()) {
            Future<Shell.Result> attached = attach(terminal, out, keys);
            Await.until("it shows", SOON, () -> out.size() > 0);
            daemon.stop();

            assertThat(attached.get(SOON.toSeconds(), TimeUnit.SECONDS).code()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(terminal.isRestored).isTrue();
        }
        assertThat(shell.run("list").code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void sendsRequestsDownAndSeesThemInTheEvents() throws Exception {
        create("web");
        awaitPrompt();
        assertThat(shell.run("mem-set", "web", "48m").out()).isEqualTo("web has been set to 48 MiB\n");
        assertThat(shell.run("sysrq", "web", "h").code()).isZero();
        Await.until(
                "sysrq's output is in the console",
                SOON,
                () -> shell.run("console", "--linger", "0.3", "web").out().contains("sysrq: HELP"));
        Path recording = dir.resolve("recording");

        Await.until(
                "the journal has the request",
                SOON,
                () -> shell.run("events", "--types", "MEM_REQUEST")
                        .out()
                        .contains("MEM_REQUEST.SET  web(1)  targetKib=49152"));

        Files.writeString(
                recording,
                shell.run("--json", "dump", "--direction", "down", "--domain", "web")
                        .out());
        assertThat(Files.readAllLines(recording)).isNotEmpty();
        Shell.Result replayed = shell.run("dump", "--replay", recording.toString(), "--fast");
        assertThat(replayed.code()).as(replayed.err() + replayed.out()).isZero();
        assertThat(shell.run("events", "--since", "999999").err()).contains("999999");
        assertThat(shell.run("dmesg").out()).contains("(XEN) ");
    }

    @Test
    void takesAGuestFromNetworkToNetwork() throws Exception {
        Shell.Result made = shell.run("network-create", "inside", "--kind", "nat", "--subnet", "10.80.0.0/24");
        assertThat(made.out()).as(made.err()).isEqualTo("inside is there, nat, xcs-inside\n");
        create("web", "--vif", "network=inside,mac=00:16:3e:01:02:03", "--cmdline", "ip=dhcp");
        awaitPrompt();
        Await.until(
                "the vif is connected",
                SOON,
                () -> shell.run("vif-list", "web")
                        .out()
                        .contains("connected  up    inside   00:16:3e:01:02:03  10.80.0."));
        Shell.Result attached = shell.run("vif-attach", "web", "bridge=xenbr0,rate=10Mb/s@20ms");
        assertThat(attached.out())
                .as(attached.err())
                .startsWith("web has vif 1, 00:16:3e:")
                .endsWith(" on xenbr0, connected\n");
        assertThat(shell.run("vif-set", "web", "1", "--rate", "none", "--link", "down", "--network", "inside")
                        .out())
                .isEqualTo("vif 1 of web is down on inside, without a limit\n");
        assertThat(shell.run("network-list").out()).containsPattern("inside +nat +xcs-inside .* 2  api");
        Shell.Result used = shell.run("network-delete", "inside");
        assertThat(used.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(used.err()).contains("2 vifs", "of domain web");
        assertThat(shell.run("vif-detach", "web", "1").code()).isZero();
        assertThat(shell.run("vif-detach", "web", "1").code()).isEqualTo(ExitCode.NO_SUCH_DOMAIN);
        assertThat(shell.run("destroy", "web").code()).isZero();
        assertThat(shell.run("network-delete", "inside").out()).isEqualTo("inside is gone\n");
        assertThat(shell.run("--json", "network-list").json()).isEmpty();
    }

    private Future<Shell.Result> attach(RawTerminal terminal, ByteArrayOutputStream out, PipedOutputStream keys)
            throws IOException {
        PipedInputStream in = new PipedInputStream(keys);
        return background.submit(() -> shell.on(terminal).into(out, in, "console", "web"));
    }

    private void create(String name, String... more) {
        String[] args = {"create", name, "--kernel", "sim:linux", "--memory", "64m", "--vcpus", "1"};
        Shell.Result created = shell.run(java.util.stream.Stream.of(args, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new));
        assertThat(created.code()).as(created.err()).isZero();
    }

    private void awaitPrompt() throws Exception {
        Await.until(
                "the guest has a prompt",
                SOON,
                () -> shell.run("console", "--linger", "0.3", "web").out().endsWith("# "));
    }
}
