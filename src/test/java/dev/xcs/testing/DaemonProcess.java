package dev.xcs.testing;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The daemon as a process of its own on the simulated host, with the heap that scripts/xcsd gives it. Killed on close. */
public final class DaemonProcess implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(90);

    private final Path stateDir;
    private final Path log;
    private final Process process;

    private DaemonProcess(Path stateDir, Path log, Process process) {
        this.stateDir = stateDir;
        this.log = log;
        this.process = process;
    }

    /** Starts it and waits until it serves; the state of one before is found again. */
    public static DaemonProcess start(Path dir, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Xss512k",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                classPath(),
                "dev.xcs.Xcsd",
                "--hypervisor=sim",
                "--state-dir=" + dir.resolve("state"),
                "--api-port=0",
                "--management-port=0"));
        command.addAll(List.of(options));
        Path log = dir.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("XCS_"));
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        DaemonProcess daemon = new DaemonProcess(dir.resolve("state"), log, process);
        try {
            Await.until("the daemon serves", SOON, daemon::serves);
        } catch (AssertionError failure) {
            daemon.kill();
            throw new AssertionError("It says: " + daemon.log(), failure);
        }
        return daemon;
    }

    /** Without the tests and what they bring: their logback-test.xml would win. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .toList());
    }

    private boolean serves() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("It ended with " + process.exitValue());
        }
        return Files.exists(stateDir.resolve("endpoints"))
                && Long.toString(process.pid()).equals(endpoints().getProperty("pid"));
    }

    private Properties endpoints() throws IOException {
        Properties endpoints = new Properties();
        endpoints.load(Files.newBufferedReader(stateDir.resolve("endpoints")));
        return endpoints;
    }

    public URI address() throws IOException {
        return URI.create(endpoints().getProperty("api"));
    }

    public String token() throws IOException {
        return Files.readString(stateDir.resolve("admin.token")).strip();
    }

    public ApiClient api() throws IOException {
        return new ApiClient(address(), token());
    }

    /** The socket of its simulated xenstored. */
    public Path xenstored() {
        return stateDir.resolve("xenstored.sock");
    }

    /** The newest file of its event journal. */
    public Path newestSegment() throws IOException {
        try (Stream<Path> files = Files.list(stateDir.resolve("events"))) {
            return files.sorted().reduce((older, newer) -> newer).orElseThrow();
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** The most memory that it ever had, as Linux counts it; 0 where that is not told. */
    public long peakResidentKib() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    /** As kill -9 does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
