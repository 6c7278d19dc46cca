package dev.xcs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line against a daemon that says what the test wants. */
class XcsTest {
    private static final String WEB = "5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11";
    private static final String DOMAIN = "{\"uuid\":\"" + WEB
            + "\",\"name\":\"web\",\"domid\":7,\"state\":\"running\",\"type\":\"pv\",\"memoryMib\":64,\"vcpus\":2,"
            + "\"cpuSeconds\":1.25,\"managed\":true}";
    private static final String SYSRQ = "{\"sequence\":12,\"time\":\"2026-01-31T12:00:00.5Z\",\"domain\":\"" + WEB
            + "\",\"domid\":7,\"subtype\":\"SHUTDOWN.SYSRQ\",\"payload\":{\"kind\":\"sysrq\",\"key\":\"h\"},\"correlation\":\"c1\",\"requestor\":\"some"
            + " tool\",\"type\":\"SHUTDOWN\",\"typeNumber\":6,\"subtypeNumber\":3}";
    private static final String LINE =
            "{\"sequence\":13,\"time\":\"2026-01-31T12:00:00.75Z\",\"domid\":-1,\"subtype\":\"HYPERVISOR.LINE\",\"payload\":{\"kind\":\"log-line\",\"text\":\"\\u001b[2J\\u009b"
                    + " evil\",\"offset\":9},\"type\":\"HYPERVISOR\",\"typeNumber\":65,\"subtypeNumber\":32}";

    @TempDir
    Path dir;

    private ScriptedDaemon daemon;

    @BeforeEach
    void script() throws IOException {
        daemon = new ScriptedDaemon()
                .redirect("GET /v1/domains/name%3Aweb", "/v1/domains/" + WEB)
                .redirect("GET /v1/domains/domid%3A7", "/v1/domains/" + WEB)
                .json("GET /v1/domains/" + WEB, DOMAIN)
                .json("GET /v1/domains", "[" + DOMAIN + "]");
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    static Stream<String> verbs() {
        return Xcs.commandLine(Surroundings.ofProcess()).getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("verbs")
    void explainsEveryVerbWithItsExitCodes(String verb) {
        Shell.Result help =
                verb.equals("help") ? daemon.shell().run() : daemon.shell().run(verb, "--help");

        if (!verb.equals("help")) {
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("Usage: xcs " + verb, "Examples:", "  xcs ", "Exit codes:", "6   It took");
        }
        assertThat(daemon.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fro",
                "info a b",
                "pause",
                "sysrq web",
                "sysrq web hh",
                "sysrq web /",
                "mem-set web 12q",
                "mem-set web 0",
                "mem-set web 17t",
                "vcpu-set web none",
                "vcpu-set web 0",
                "create --on-crash explode",
                "create web",
                "create web -m 1500k --vcpus 1 --kernel /k",
                "create -f /no/such/file",
                "events --types SHUTDOWN,NONE",
                "events --since yesterday",
                "events --follow --until 3",
                "dump --direction sideways",
                "dump --replay /no/such/file",
                "completion fish",
                "--url ftp://x list",
                "--url http://x/path list",
                "pause name:"
            })
    void tellsWhatIsWrongWithTheCommandLine(String line) {
        Shell.Result refused = daemon.shell().run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(refused.code()).as(refused.err()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).startsWith("xcs: ");
        assertThat(refused.out()).isEmpty();
        assertThat(daemon.lines()).noneMatch(request -> !request.startsWith("GET "));
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid-field, 1",
        "401, unauthenticated, 4",
        "403, forbidden, 4",
        "404, not-found, 5",
        "409, conflict, 1",
        "504, timeout, 6",
        "507, out-of-memory, 1"
    })
    void hasAnExitCodeForEachKindOfFailure(int status, String type, int code) {
        daemon.problem("PUT /v1/domains/" + WEB + "/state", status, type, "It is so");

        Shell.Result refused = daemon.shell().run("pause", WEB);

        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.err()).isEqualTo("xcs: It is so\nxcs: cause: the cause; trying again can help\n");
    }

    @Test
    void givesTheProblemAsJsonWhenJsonIsWanted() {
        daemon.problem("PUT /v1/domains/" + WEB + "/state", 409, "conflict", "It is so");

        assertThat(daemon.shell().run("--json", "pause", "web").err())
                .startsWith("{\"type\":\"urn:xcs:problem:conflict\",\"detail\":\"It is so\"");
    }

    @Test
    void copesWithAnAnswerThatIsNoProblem() {
        Shell.Result refused = daemon.shell().run("reboot", "name:gone");

        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("HTTP status 500");
    }

    @Test
    void saysThatTheDaemonIsNotReachable() {
        daemon.close();

        Shell.Result refused = daemon.shell().run("list");

        assertThat(refused.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(refused.err()).contains(daemon.url(), "nothing listens there", "--url");
    }

    @Test
    void findsTheDaemonAndItsTokenInTheNearestStateDirectory() throws IOException {
        Path none = Files.createDirectory(dir.resolve("none"));
        Path state = Files.createDirectory(dir.resolve("state"));
        Files.writeString(
                state.resolve("endpoints"), "pid=1\napi=" + daemon.url() + "\nmanagement=http://127.0.0.1:1\n");
        Files.writeString(state.resolve("admin.token"), "from-file\n");

        assertThat(Shell.with(Map.of(), none, state).run("list").code()).isZero();
        assertThat(Shell.with(Map.of("XCS_STATE_DIR", state.toString()), none)
                        .run("list")
                        .code())
                .isZero();
        assertThat(Shell.with(Map.of("XCS_TOKEN", "other"), state).run("list").code())
                .isZero();
        assertThat(daemon.requests.stream().map(request -> request.header("Authorization")))
                .containsExactly("Bearer from-file", "Bearer from-file", "Bearer other");
        assertThat(Shell.with(Map.of(), none).run("list").code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void doesNotGiveTheTokenOfOneDaemonToAnother() throws IOException {
        Files.writeString(dir.resolve("endpoints"), "pid=1\napi=http://127.0.0.1:1\n");
        Files.writeString(dir.resolve("admin.token"), "secret\n");

        Shell.Result refused = Shell.with(Map.of(), dir).run("--url", daemon.url(), "list");

        assertThat(refused.code()).isEqualTo(ExitCode.NOT_AUTHORISED);
        assertThat(daemon.requests).isEmpty();
    }

    @Test
    void doesNotFollowARedirectToAnotherServer() throws IOException {
        try (ScriptedDaemon thief = new ScriptedDaemon()) {
            daemon.redirect("GET /v1/domains/name%3Aodd", thief.url() + "/v1/domains/" + WEB);

            assertThat(daemon.shell().run("info", "odd").code()).isZero();
            assertThat(thief.requests).isEmpty();
        }
    }

    @Test
    void listsDomainsInColumnsWithoutLettingTheirNamesSteerTheTerminal() {
        try (ScriptedDaemon evil =
                scripted("GET /v1/domains", "[" + DOMAIN.replace("\"web\"", "\"\\u001b]0;x\\u0007\\u202e\"") + "]")) {
            assertThat(evil.shell().run("list").out()).isEqualTo("""
                NAME                    DOMID  TYPE  MIB  VCPUS  STATE    CPU(S)  MANAGED
                \\u001b]0;x\\u0007\\u202e      7  pv     64      2  running     1.3  yes
                """);
            assertThat(evil.shell().run("--json", "list").out())
                    .contains("\\u202E")
                    .doesNotContain("\u202e");
        }
    }

    @Test
    void looksDomainsUpByNameDomidAndUuid() {
        assertThat(List.of("web", "name:web", "7", "domid:7", WEB))
                .allSatisfy(
                        domain -> assertThat(daemon.shell().run("info", domain).out())
                                .contains("uuid:       " + WEB, "cpuSeconds: 1.25"));
    }

    @Test
    void createsFromAFileWithOptionsOnTop() throws IOException {
        daemon.json("POST /v1/domains", DOMAIN);

        Shell.Result created = daemon.shell()
                .typed(
                        "{\"name\":\"a\",\"memoryMib\":4,\"vcpus\":1,\"kernel\":\"/k\",\"onCrash\":\"restart\"}",
                        "create",
                        "web",
                        "-f",
                        "-",
                        "-m",
                        "2g",
                        "--paused",
                        "--on-crash=preserve",
                        "--cmdline",
                        "a b");

        assertThat(created.out()).isEqualTo("web is running, domid 7, uuid " + WEB + "\n");
        assertThat(daemon.bodies("POST /v1/domains"))
                .containsExactly(
                        Daemon.JSON.readTree("{\"name\":\"web\",\"memoryMib\":2048,\"vcpus\":1,\"kernel\":\"/k\","
                                + "\"onCrash\":\"preserve\",\"cmdline\":\"a b\",\"paused\":true}"));
    }

    @Test
    void createsWithTheRamdisksOfItsOptionsInsteadOfThatOfTheFile() throws IOException {
        daemon.json("POST /v1/domains", DOMAIN);

        Shell.Result created = daemon.shell()
                .typed(
                        "{\"memoryMib\":4,\"vcpus\":1,\"kernel\":\"/k\",\"ramdisk\":\"/old\"}",
                        "create",
                        "web",
                        "-f",
                        "-",
                        "--ramdisk",
                        "/a",
                        "--ramdisk",
                        "/b");

        assertThat(created.code()).isZero();
        assertThat(daemon.bodies("POST /v1/domains"))
                .containsExactly(Daemon.JSON.readTree("{\"memoryMib\":4,\"vcpus\":1,\"kernel\":\"/k\","
                        + "\"name\":\"web\",\"ramdisks\":[\"/a\",\"/b\"]}"));
    }

    @Test
    void createsByABootloaderInsteadOfAKernel() throws IOException {
        daemon.json("POST /v1/domains", DOMAIN);

        assertThat(daemon.shell()
                        .run("create", "web", "--bootloader", "pvgrub", "-m", "64", "--vcpus", "1")
                        .code())
                .isZero();
        assertThat(daemon.bodies("POST /v1/domains"))
                .containsExactly(Daemon.JSON.readTree(
                        "{\"name\":\"web\",\"memoryMib\":64,\"vcpus\":1,\"bootloader\":\"pvgrub\"}"));
    }

    @Test
    void createsAnHvmDomainWithoutAKernel() throws IOException {
        daemon.json("POST /v1/domains", DOMAIN);

        assertThat(daemon.shell()
                        .run("create", "pc", "--type", "hvm", "--firmware", "uefi", "-m", "64", "--vcpus", "1")
                        .code())
                .isZero();
        assertThat(daemon.bodies("POST /v1/domains"))
                .containsExactly(Daemon.JSON.readTree(
                        "{\"name\":\"pc\",\"type\":\"hvm\",\"memoryMib\":64,\"vcpus\":1,\"firmware\":\"uefi\"}"));
    }

    @Test
    void sendsRequestsDownAndTellsTheirOutcome() throws IOException {
        daemon.json("POST /v1/requests", "{\"request\":\"r1\",\"outcome\":\"done\"}");
        assertThat(daemon.shell().run("sysrq", "web", "h").code()).isZero();
        assertThat(daemon.shell()
                        .run("mem-set", "web", "64m", "--deadline", "9")
                        .code())
                .isZero();
        assertThat(daemon.shell().run("vcpu-set", "web", "4").code()).isZero();
        assertThat(daemon.shell().run("vcpu-set", "web", "1").code()).isZero();

        assertThat(daemon.bodies("POST /v1/requests").stream()
                        .map(body -> body.path("subtype").asText() + " " + body.path("payload") + " "
                                + body.path("deadlineSeconds")))
                .containsExactly(
                        "SHUTDOWN.SYSRQ {\"kind\":\"sysrq\",\"key\":\"h\"} 60",
                        "MEM_REQUEST.SET {\"kind\":\"memory\",\"targetKib\":65536} 9",
                        "VCPU_HOTPLUG.ON {\"kind\":\"vcpu\",\"vcpu\":2} 60",
                        "VCPU_HOTPLUG.ON {\"kind\":\"vcpu\",\"vcpu\":3} 60",
                        "VCPU_HOTPLUG.OFF {\"kind\":\"vcpu\",\"vcpu\":1} 60");
    }

    @ParameterizedTest
    @CsvSource({"refused, 1", "timed-out, 6"})
    void failsWhenARequestWasNotDone(String outcome, int code) {
        daemon.json(
                "POST /v1/requests",
                "{\"request\":\"r1\",\"outcome\":\"" + outcome + "\",\"problem\":{\"detail\":\"No balloon\"}}");

        Shell.Result refused = daemon.shell().run("mem-set", "web", "1g");

        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.err()).isEqualTo("xcs: No balloon\n");
    }

    @Test
    void showsEventsInLinesAndSaysWhatIsLost() {
        daemon.stream(
                "GET /v1/events?domain=" + WEB + "&since=11&types=SHUTDOWN%2CHYPERVISOR",
                "application/x-ndjson",
                "{\"record\":\"filter\",\"next\":14}\n" + SYSRQ + "\n{\"record\":\"gap\",\"lostFrom\":3,\"lostTo\":5}\n"
                        + LINE + "\n");

        Shell.Result shown =
                daemon.shell().run("events", "--since", "11", "--types", "SHUTDOWN,HYPERVISOR", "--domain", "web");

        assertThat(shown.out()).isEqualTo("""
            12:00:00.500       12  SHUTDOWN.SYSRQ  web(7)  key=h
            12:00:00.750       13  HYPERVISOR.LINE  host  text="\\\\u001B[2J\\u009b evil" offset=9
            """.replace("\\\\u001B", "\\u001B"));
        assertThat(shown.err()).isEqualTo("xcs: Messages 3 to 5 are lost; xcs list says how things are now\n");
        assertThat(daemon.requests.get(daemon.requests.size() - 1).header("Accept"))
                .isEqualTo("application/x-ndjson");
    }

    @Test
    void dumpsEverythingThatAMessageHas() throws IOException {
        daemon.stream("GET /v1/events", "application/x-ndjson", SYSRQ + "\n" + LINE + "\n");

        assertThat(daemon.shell().run("dump", "--direction", "down").out())
                .isEqualTo("2026-01-31T12:00:00.500000Z       12  -> SHUTDOWN(6).SYSRQ(3)  web(7)  key=h uuid=" + WEB
                        + " correlation=c1 by=\"some tool\"\n");
        assertThat(daemon.shell().run("dump", "--direction", "up").out()).contains("<- HYPERVISOR(65).LINE(32)  host");
        List<String> lines = daemon.shell().run("--json", "dump").out().lines().toList();
        assertThat(lines).hasSize(2).noneMatch(line -> line.contains("\u009b"));
        assertThat(Daemon.JSON.readTree(lines.get(0))).isEqualTo(Daemon.JSON.readTree(SYSRQ));
    }

    @Test
    void resumesAStreamThatWasLostWhereItWasLost() {
        daemon.stream(
                "GET /v1/events",
                "text/event-stream",
                "event: filter\ndata: {\"next\":12}\n\n: heartbeat\n\nid: 12\nevent: SHUTDOWN.SYSRQ\ndata: " + SYSRQ
                        + "\n\n");
        daemon.stream("GET /v1/events", "text/event-stream", "id: 13\nevent: HYPERVISOR.LINE\ndata: " + LINE + "\n\n");
        daemon.problem("GET /v1/events", 410, "gone", "The journal begins at 20");

        Shell.Result ended = daemon.shell().run("--json", "events", "--follow");

        assertThat(ended.out().lines()).hasSize(2);
        assertThat(ended.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(ended.err()).contains("trying to resume", "The journal begins at 20");
        assertThat(daemon.requests.stream().map(request -> request.header("Last-event-id")))
                .containsExactly("", "12", "13");
    }

    @Test
    void endsWhenNobodyReadsAnyMore() {
        daemon.stream("GET /v1/events", "text/event-stream", "id: 12\ndata: " + SYSRQ + "\n\n");
        Surroundings around = new Surroundings(
                daemon.shell().environment,
                List.of(),
                java.io.InputStream.nullInputStream(),
                Surroundings.utf8(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("broken pipe");
                    }
                }),
                Surroundings.utf8(new ByteArrayOutputStream()),
                java.util.Optional::empty);

        assertThat(Xcs.run(around, "events", "--follow")).isZero();
    }

    @Test
    void replaysTheRequestsOfARecordingOnASimulatedHostInTheirOrder() throws IOException {
        Path file = dir.resolve("recording");
        String memory = SYSRQ.replace("12:00:00.5Z", "12:00:00.9Z")
                .replace("SHUTDOWN.SYSRQ", "MEM_REQUEST.SET")
                .replace("\"subtypeNumber\":3", "\"subtypeNumber\":0")
                .replace("{\"kind\":\"sysrq\",\"key\":\"h\"}", "{\"kind\":\"memory\",\"targetKib\":4096}")
                .replace(WEB, "00000000-0000-4000-8000-000000000001");
        Files.writeString(file, SYSRQ + "\n" + LINE + "\n{\"record\":\"gap\"}\n" + memory + "\n");
        daemon.json("GET /v1/host", "{\"simulated\":true}");
        daemon.json("POST /v1/requests", "{\"request\":\"r1\",\"outcome\":\"done\"}");

        long begin = System.nanoTime();
        Shell.Result replayed = daemon.shell()
                .run("dump", "--replay", file.toString(), "--map", "00000000-0000-4000-8000-000000000001=web");

        assertThat(replayed.code()).as(replayed.err()).isZero();
        assertThat(System.nanoTime() - begin).as("the old pace").isGreaterThan(400_000_000L);
        assertThat(replayed.err()).isEqualTo("xcs: 2 requests: 2 done, 0 not\n");
        assertThat(daemon.bodies("POST /v1/requests").stream()
                        .map(body -> body.path("subtype").asText() + body.path("domain")))
                .containsExactly("SHUTDOWN.SYSRQ\"" + WEB + "\"", "MEM_REQUEST.SET\"" + WEB + "\"");
    }

    @Test
    void replaysNothingOnARealHost() throws IOException {
        Path file = Files.writeString(dir.resolve("recording"), SYSRQ + "\n");
        daemon.json("GET /v1/host", "{\"simulated\":false}");

        Shell.Result refused = daemon.shell().run("dump", "--fast", "--replay", file.toString());

        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.err()).contains("This host is real");
        assertThat(daemon.lines()).doesNotContain("POST /v1/requests");
    }

    @Test
    void showsTheHypervisorsLogWithoutItsControlCharacters() {
        daemon.json(
                "GET /v1/host/console",
                "{\"offset\":0,\"next\":20,\"text\":\"(XEN) one\\n(XEN)\\ttwo\\u001b[2J\\r\\n\"}");

        assertThat(daemon.shell().run("dmesg").out()).isEqualTo("(XEN) one\n(XEN)\ttwo\\u001b[2J\\u000d\n");
    }

    @Test
    void completesVerbsAndOptionsInBash() throws Exception {
        String script = daemon.shell().run("completion", "bash").out();
        Path file = Files.writeString(
                dir.resolve("completion"),
                script
                        + "\n"
                        + "COMP_WORDS=(xcs mem-); COMP_CWORD=1; COMP_LINE='xcs mem-'; COMP_POINT=8; _complete_xcs;"
                        + " echo \"${COMPREPLY[*]}\"\n");

        Process bash = new ProcessBuilder("bash", file.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("mem-set");
    }

    private static ScriptedDaemon scripted(String request, String body) {
        try {
            return new ScriptedDaemon().json(request, body);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
