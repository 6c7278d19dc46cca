package dev.xcs.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The lab that is up: commands in its dom0 by {@code scripts/lab exec}, and the API of the daemon there. XCS_LAB names the project
 * root; XCS_LAB_API the API's address, by default the port that {@code scripts/lab up} forwards.
 */
final class Lab {
    static final String VARIABLE = "XCS_LAB";
    private static final Duration GONE = Duration.ofSeconds(60);
    private static final Path ROOT =
            Path.of(Optional.ofNullable(System.getenv(VARIABLE)).orElse("."));

    private Lab() {}

    /** What a command printed (both streams) and its exit code. */
    record Ran(int exit, String output) {
        String expectOk() {
            if (exit != 0) {
                throw new AssertionError("exit " + exit + ": " + output);
            }
            return output;
        }
    }

    static Ran exec(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("exec", "--"));
        all.addAll(List.of(command));
        return lab(all.toArray(String[]::new));
    }

    /** Runs a verb of scripts/lab. */
    static Ran lab(String... arguments) throws IOException, InterruptedException {
        return run(command("scripts/lab", List.of(), arguments));
    }

    /** Runs one of the small tools against the daemon in dom0. */
    static Ran xcs(String... arguments) throws IOException, InterruptedException {
        return run(xcsCommand(arguments));
    }

    /** Starts one of the small tools that goes on until it is destroyed; what it prints goes to a file. */
    static Process follow(Path output, String... arguments) throws IOException {
        return xcsCommand(arguments)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static ProcessBuilder xcsCommand(String... arguments) {
        return command(
                "scripts/xcs",
                List.of("--url", address(), "--token-file", tokenFile().toString()),
                arguments);
    }

    private static ProcessBuilder command(String script, List<String> first, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(ROOT.resolve(script).toAbsolutePath().toString());
        all.addAll(first);
        all.addAll(List.of(arguments));
        return new ProcessBuilder(all)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    }

    private static Ran run(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(command.command() + " does not end: " + output);
        }
        return new Ran(process.exitValue(), output);
    }

    static ApiClient api() throws IOException {
        return new ApiClient(
                URI.create(address()), Files.readString(tokenFile()).strip());
    }

    /** Ends every guest and waits until Xen has none. */
    static void removeGuests() throws Exception {
        ApiClient api = api();
        for (JsonNode domain : api.get("/v1/domains").body()) {
            if (domain.path("domid").asInt() != 0) {
                api.delete("/v1/domains/" + domain.path("uuid").asText());
            }
        }
        Await.until("only dom0 is left", GONE, () -> guests() == 0);
    }

    /** How many guests Xen has, dead ones that are not gone included. */
    static long guests() throws IOException, InterruptedException {
        return exec("xl", "list").expectOk().lines().count() - 2;
    }

    private static String address() {
        return Optional.ofNullable(System.getenv("XCS_LAB_API")).orElse("http://127.0.0.1:18080");
    }

    private static Path tokenFile() {
        return ROOT.resolve(".lab/admin.token").toAbsolutePath();
    }

    /** Debian's cloud kernel with a busybox ramdisk, as PV: that is the faster to boot in an emulator, and the surer. */
    static Map<String, Object> linux(String name) {
        return Map.of(
                "name",
                name,
                "type",
                "pv",
                "memoryMib",
                128,
                "vcpus",
                1,
                "kernel",
                "/opt/lab/vmlinuz",
                "ramdisk",
                "/opt/lab/initrd",
                "cmdline",
                "console=hvc0 quiet");
    }

    /** The smallest guest that shows a prompt. */
    static Map<String, Object> grub(String name) {
        return Map.of("name", name, "memoryMib", 64, "vcpus", 1, "kernel", "/opt/lab/grub-x86_64-xen.bin");
    }
}
