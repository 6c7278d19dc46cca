package dev.xcs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.config.Keys;
import dev.xcs.testing.Await;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The daemon as a program: what it says and with which code it ends; where signals matter, in a process of its own. */
class XcsdTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void killWhatIsLeft() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void helpsWithEveryOption() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).as("a default that looks like a format").contains("[#$%>]");
        assertThat(Keys.all()).allSatisfy(key -> assertThat(out.toString()).contains(key.option() + "="));
        assertThat(out.toString()).contains("Exit codes:");
    }

    @Test
    void tellsItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).startsWith("xcsd ");
    }

    @Test
    void doesNotStartOnArgumentsThatItDoesNotUnderstand() {
        assertThat(run("--colour=red")).isEqualTo(2);
        assertThat(err.toString()).contains("--colour").contains("--help");
        assertThat(run("surplus")).isEqualTo(2);
    }

    @Test
    void printsEveryErrorOfTheConfigurationAsALine() {
        assertThat(run("--api-port=x", "--hypervisor=kvm", "--management-host=0.0.0.0"))
                .isEqualTo(1);
        assertThat(err.toString().lines().toList())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("xcsd: api.port (option --api-port): \"x\", expected a port"))
                .anyMatch(line -> line.startsWith("xcsd: hypervisor (option --hypervisor): \"kvm\", expected one of"))
                .anyMatch(line -> line.startsWith("xcsd: management.host (option --management-host): \"0.0.0.0\""));
    }

    @Test
    void saysWhyItCouldNotStart() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThat(run("--hypervisor=sim", "--state-dir=" + file)).isEqualTo(1);
        assertThat(err.toString()).contains("state-dir", file.toString(), "start of state directory", "likely cause");
    }

    @Test
    void stopsCleanlyOnSigterm() throws Exception {
        Process daemon = launch();
        awaitEndpoints(daemon);
        daemon.destroy();
        assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(daemon.exitValue()).isZero();
        assertThat(dir.resolve("state/endpoints")).doesNotExist();
        assertThat(log()).contains("Ready after", "SIMULATED", "Stopped").doesNotContain("Exception");
    }

    @Test
    void startsAgainAfterAKill() throws Exception {
        Process first = launch();
        awaitEndpoints(first);
        first.destroyForcibly().waitFor();
        assertThat(dir.resolve("state/endpoints")).exists();
        awaitEndpoints(launch());
    }

    @Test
    void tellsOneEventInOneLine() throws Exception {
        Process daemon = launch();
        awaitEndpoints(daemon);
        daemon.destroy();
        daemon.waitFor();
        assertThat(log().lines().filter(line -> !line.isBlank()))
                .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT\\S+ (ERROR|WARN |INFO ) .*"));
    }

    private int run(String... arguments) {
        CommandLine line = Xcsd.commandLine(Map.of());
        return line.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private Process launch() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                daemonClassPath(),
                "dev.xcs.Xcsd",
                "--hypervisor=sim",
                "--state-dir=" + dir.resolve("state"),
                "--api-port=0",
                "--management-port=0");
        builder.environment().keySet().removeIf(name -> name.startsWith("XCS_"));
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(dir.resolve("log").toFile()))
                .start();
        processes.add(process);
        return process;
    }

    /** Without the tests and what they bring: their logback-test.xml would win. */
    private static String daemonClassPath() {
        return String.join(
                File.pathSeparator,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .toList());
    }

    private void awaitEndpoints(Process daemon) throws Exception {
        Path endpoints = dir.resolve("state/endpoints");
        Await.until("the daemon of pid " + daemon.pid() + " serves; it says: " + log(), SOON, () -> {
            assertThat(daemon.isAlive()).as(log()).isTrue();
            return Files.exists(endpoints) && Files.readString(endpoints).contains("pid=" + daemon.pid() + "\n");
        });
    }

    private String log() throws IOException {
        Path log = dir.resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }
}
