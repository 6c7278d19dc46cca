package dev.xcs.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.hypervisor.sim.Faults;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.ApiClient.Answer;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks over HTTP, on the whole daemon and the simulated host, whose guests really read and write what backs them. */
class DisksTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long MIB = 1 << 20;

    @TempDir
    static Path dir;

    private static RunningDaemon daemon;
    private static ApiClient api;
    private final List<String> made = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        Path scripts = Files.createDirectory(dir.resolve("scripts"));
        daemon = RunningDaemon.start(dir.resolve("state"), Map.of("block.script-directory", scripts.toString()));
        api = daemon.api();
    }

    @AfterAll
    static void stop() {
        assertThat(daemon.stop()).isEmpty();
    }

    @AfterEach
    void destroyAll() {
        for (String uuid : made) {
            int status = api.delete("/v1/domains/" + uuid).status();
            assertThat(status).isIn(204, 404);
        }
    }

    private static Path image(String name, long bytes, String text) throws IOException {
        Path file = dir.resolve(name);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.write(text.getBytes(StandardCharsets.UTF_8));
            open.setLength(bytes);
        }
        return file;
    }

    private static String head(Path file, int bytes) throws IOException {
        return new String(Files.readAllBytes(file), 0, bytes, StandardCharsets.UTF_8);
    }

    private static Map<String, Object> disk(Object target, String vdev) {
        return new HashMap<>(Map.of("target", target.toString(), "vdev", vdev));
    }

    private static Map<String, Object> spec(String name, List<?> disks) {
        return new HashMap<>(Map.of(
                "name",
                name,
                "memoryMib",
                64,
                "vcpus",
                1,
                "kernel",
                "sim:linux",
                "cmdline",
                "boot=50ms",
                "disks",
                disks));
    }

    private String create(String name, Map<?, ?>... disks) {
        String uuid = api.create(spec(name, List.of(disks)));
        made.add(uuid);
        return uuid;
    }

    private static JsonNode shown(String uuid, String vdev) {
        return found(uuid, vdev).orElseThrow(() -> new AssertionError("No " + vdev + " of " + uuid));
    }

    private static Optional<JsonNode> found(String uuid, String vdev) {
        for (JsonNode disk : api.get("/v1/domains/" + uuid + "/disks").body()) {
            if (disk.path("vdev").asText().equals(vdev)) {
                return Optional.of(disk);
            }
        }
        return Optional.empty();
    }

    private static void awaitConnected(String uuid, String vdev) throws Exception {
        Await.until(
                vdev + " is connected",
                SOON,
                () -> found(uuid, vdev)
                        .filter(disk -> disk.path("state").asText().equals("connected"))
                        .isPresent());
    }

    /** What the guest's shell answers. */
    private static String inGuest(String uuid, String command, String expected) throws Exception {
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("# ", SOON);
            console.type(command + "\n");
            return console.awaitText(expected, SOON);
        }
    }

    @Test
    void aGuestReadsAndWritesItsDisksToTheByte() throws Exception {
        Path root = image("root.img", 3 * MIB, "HELLO-FROM-DOM0");
        Path shared = image("shared.img", MIB, "SHARED");
        Map<String, Object> readOnly = disk(shared, "xvdb");
        readOnly.put("access", "ro");
        String uuid = create("disks", disk(root, "xvda"), readOnly);
        awaitConnected(uuid, "xvda");
        awaitConnected(uuid, "xvdb");

        assertThat(shown(uuid, "xvda").path("sizeBytes").asLong()).isEqualTo(3 * MIB);
        inGuest(uuid, "head -c 15 /dev/xvda", "HELLO-FROM-DOM0");
        inGuest(uuid, "write /dev/xvda 4096 FROM-THE-GUEST", "# ");
        Await.until(
                "it is in the file",
                SOON,
                () -> new String(Files.readAllBytes(root), 4096, 14, StandardCharsets.UTF_8).equals("FROM-THE-GUEST"));
        inGuest(uuid, "lsblk", Long.toString(3 * MIB));

        JsonNode counted = shown(uuid, "xvda").path("statistics");
        assertThat(counted.path("reads").asLong()).isPositive();
        assertThat(counted.path("writtenBytes").asLong()).isGreaterThanOrEqualTo(512);

        inGuest(uuid, "write -f /dev/xvdb 0 NEVER", "# ");
        assertThat(head(shared, 6)).isEqualTo("SHARED");
    }

    @Test
    void aDiskComesAndGoesWhileTheGuestRuns() throws Exception {
        Path first = image("hot.img", MIB, "HOT");
        String uuid = create("hot");
        Answer attached = api.post("/v1/domains/" + uuid + "/disks", disk(first, "xvdb"));
        assertThat(attached.status()).as(attached.body().toString()).isEqualTo(201);
        assertThat(attached.body().path("state").asText()).isEqualTo("connected");
        assertThat(attached.header("Location")).isEqualTo("/v1/domains/" + uuid + "/disks/51728");
        inGuest(uuid, "head -c 3 /dev/xvdb", "HOT");

        assertThat(api.post("/v1/domains/" + uuid + "/disks", disk(first, "xvdb"))
                        .status())
                .isEqualTo(409);
        assertThat(api.delete("/v1/domains/" + uuid + "/disks/51728").status()).isEqualTo(204);
        assertThat(api.get("/v1/domains/" + uuid + "/disks").body()).isEmpty();
        assertThat(api.delete("/v1/domains/" + uuid + "/disks/xvdb").status()).isEqualTo(404);
        // Nothing holds the file any more.
        assertThat(api.post("/v1/domains/" + uuid + "/disks", disk(first, "xvdc"))
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aDiskGrowsWhileTheGuestRuns() throws Exception {
        Path file = image("grows.img", MIB, "");
        String uuid = create("grower", disk(file, "xvda"));
        awaitConnected(uuid, "xvda");
        Answer grown = api.sendText("PATCH", "/v1/domains/" + uuid + "/disks/xvda", "{\"sizeBytes\": " + 5 * MIB + "}");
        assertThat(grown.status()).as(grown.body().toString()).isEqualTo(200);
        assertThat(grown.body().path("sizeBytes").asLong()).isEqualTo(5 * MIB);
        assertThat(Files.size(file)).isEqualTo(5 * MIB);
        inGuest(uuid, "lsblk", Long.toString(5 * MIB));
        assertThat(api.sendText("PATCH", "/v1/domains/" + uuid + "/disks/xvda", "{\"sizeBytes\": " + MIB + "}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aMediumIsPutIntoADriveAndTakenOut() throws Exception {
        Path medium = image("medium.iso", MIB, "MEDIUM-ONE");
        Map<String, Object> empty = new HashMap<>(Map.of("vdev", "xvdc", "device", "cdrom"));
        String uuid = create("drive", empty);
        assertThat(shown(uuid, "xvdc").has("target")).isFalse();
        String path = "/v1/domains/" + uuid + "/disks/xvdc";
        Answer inserted = api.sendText("PATCH", path, "{\"target\": \"" + medium + "\"}");
        assertThat(inserted.status()).as(inserted.body().toString()).isEqualTo(200);
        inGuest(uuid, "head -c 10 /dev/xvdc", "MEDIUM-ONE");
        Answer wrong = api.sendText("PATCH", path, "{\"target\": \"" + dir.resolve("none.iso") + "\"}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(shown(uuid, "xvdc").path("target").asText()).isEqualTo(medium.toString());
        assertThat(api.sendText("PATCH", path, "{\"target\": null}").status()).isEqualTo(200);
        assertThat(shown(uuid, "xvdc").has("target")).isFalse();
    }

    @Test
    void disksSurviveARebootAndAreWrittenDownForIt() throws Exception {
        Path file = image("reboot.img", MIB, "STILL-HERE");
        String uuid = create("rebooter");
        assertThat(api.post("/v1/domains/" + uuid + "/disks", disk(file, "xvdb"))
                        .status())
                .isEqualTo(201);
        int before = api.get("/v1/domains/" + uuid).body().path("domid").asInt();
        assertThat(api.state(uuid, "rebooted").status()).isEqualTo(200);
        Await.until("it has a new boot", SOON, () -> {
            JsonNode now = api.get("/v1/domains/" + uuid).body();
            return now.path("domid").asInt() > before
                    && now.path("state").asText().equals("running");
        });
        awaitConnected(uuid, "xvdb");
        inGuest(uuid, "head -c 10 /dev/xvdb", "STILL-HERE");
    }

    @Test
    void whatIsWrittenByOneIsNobodyElses() throws Exception {
        Path file = image("guarded.img", MIB, "");
        Path link = Files.createSymbolicLink(dir.resolve("link.img"), file);
        Path hard = Files.createLink(dir.resolve("hard.img"), file);
        create("holder", disk(file, "xvda"));
        for (Path name : List.of(file, link, hard)) {
            Answer refused = api.post("/v1/domains", spec("other", List.of(disk(name, "xvda"))));
            assertThat(refused.status()).as(name.toString()).isEqualTo(409);
            assertThat(refused.body().path("detail").asText()).contains("xvda of domain holder");
        }
        Map<String, Object> overridden = disk(file, "xvda");
        overridden.put("override", true);
        create("bold", overridden);

        Path shared = image("common.img", MIB, "");
        Map<String, Object> readOnly = disk(shared, "xvda");
        readOnly.put("access", "ro");
        create("reader1", readOnly);
        create("reader2", readOnly);
        assertThat(api.post("/v1/domains", spec("writer", List.of(disk(shared, "xvda"))))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void refusesWhatCannotBeADiskAndLeavesNothingBehind() throws Exception {
        Path directory = Files.createDirectory(dir.resolve("a directory"));
        Path zero = image("zero.img", 0, "");
        Path odd = image("odd.img", 511, "");
        Path fine = image("fine.img", MIB, "");
        int domains = api.get("/v1/domains").body().size();
        refused(400, "something that exists", disk(dir.resolve("missing.img"), "xvda"));
        refused(400, "directory", disk(directory, "xvda"));
        refused(400, "0 bytes", disk(zero, "xvda"));
        refused(400, "511 bytes", disk(odd, "xvda"));
        refused(400, "character device", disk("/dev/null", "xvda"));
        refused(400, "vdev", disk(fine, "sd0a0"));
        refused(400, "same device", disk(fine, "xvda"), disk(zero, "51712"));
        refused(400, "control character", disk("/a\nb", "xvda"));
        refused(400, "something that exists", disk("/tmp/$(touch " + dir.resolve("pwned") + ")", "xvda"));
        refused(400, "absolute", disk("fine.img", "xvda"));
        refused(400, "disks[0].target", Map.of("vdev", "xvda"));
        Map<String, Object> unknownOs = spec("refused", List.of());
        unknownOs.put("guestOs", "beos");
        assertThat(api.post("/v1/domains", unknownOs).status()).isEqualTo(400);
        List<Map<String, Object>> many = IntStream.range(0, 300)
                .mapToObj(i -> disk(fine, "d" + i + "p0"))
                .toList();
        assertThat(api.post("/v1/domains", spec("refused", many)).status()).isEqualTo(400);

        assertThat(dir.resolve("pwned")).doesNotExist();
        assertThat(api.get("/v1/domains").body()).hasSize(domains);
        assertThat(daemon.host().store().list(0, "/local/domain/0/backend/vbd")).isEmpty();
        String uuid = create("after", disk(fine, "xvda"));
        awaitConnected(uuid, "xvda");
    }

    private static void refused(int status, String says, Map<?, ?>... disks) {
        Answer answer = api.post("/v1/domains", spec("refused", List.of(disks)));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.body().toString()).contains(says);
    }

    private static void blamed(String field, Answer answer) {
        assertThat(answer.status()).as(answer.body().toString()).isIn(400, 409);
        blamed(field, answer.body());
    }

    private static void blamed(String field, JsonNode problem) {
        assertThat(problem.path("field").asText()).as(problem.toString()).isEqualTo(field);
        assertThat(problem.path("detail").asText()).startsWith(field + ": ");
    }

    private static void blamedAtCreation(String field, Map<?, ?>... disks) {
        blamed(field, api.post("/v1/domains", spec("blamed", List.of(disks))));
    }

    @Test
    void namesTheFieldOfADiskThatIsRefused() throws Exception {
        Path fine = image("blameless.img", MIB, "");
        Path held = image("blamed.img", MIB, "");
        Map<String, Object> first = disk(fine, "xvda");
        Map<String, Object> scripted = disk("x", "xvdb");
        scripted.put("script", "../outside");
        String uuid = create("blamer", disk(held, "xvda"));
        blamedAtCreation("disks[1].target", first, disk(dir.resolve("none.img"), "xvdb"));
        blamedAtCreation("disks[1].target", first, disk("relative.img", "xvdb"));
        blamedAtCreation("disks[2].target", first, disk("/dev/sim/none", "xvdc"), disk(held, "xvdb"));
        blamedAtCreation("disks[1].vdev", first, disk(held, "51712"));
        blamedAtCreation("disks[1].vdev", first, disk(held, "sd0a0"));
        blamedAtCreation("disks[1].script", first, scripted);

        String disks = "/v1/domains/" + uuid + "/disks";
        blamed("target", api.post(disks, disk(dir.resolve("none.img"), "xvdb")));
        blamed("target", api.post(disks, disk(held, "xvdb")));
        blamed("vdev", api.post(disks, disk(fine, "xvda")));
        blamed("vdev", api.post(disks, disk(fine, "sd0a0")));
        blamed("script", api.post(disks, scripted));
        blamed("vdev", api.sendText("PATCH", disks + "/xvda", "{\"target\": \"" + fine + "\"}"));
        blamed("sizeBytes", api.sendText("PATCH", disks + "/xvda", "{\"sizeBytes\": 512}"));
    }

    @Test
    void aRequestOnTheSwitchNamesTheFieldOfItsPayload() throws Exception {
        String uuid = create("switched");
        Map<String, Object> odd = disk(dir.resolve("none.img"), "xvdb");
        blamed("payload.disk.target", refusal(vbdCreate(uuid, odd)));
        odd.put("format", "floppy");
        blamed("payload.disk.format", api.post("/v1/requests", vbdCreate(uuid, odd)));
        Path fine = image("switched.img", MIB, "");
        Answer done = api.post("/v1/requests", vbdCreate(uuid, disk(fine, "xvdb")));
        assertThat(done.body().path("outcome").asText())
                .as(done.body().toString())
                .isEqualTo("done");
        awaitConnected(uuid, "xvdb");
        Map<String, Object> removal = Map.of("kind", "disk-removal", "vdev", "xvdz9z", "force", false);
        blamed("payload.vdev", refusal(request(uuid, "BLKIF_BE.VBD_DESTROY", removal)));
    }

    private static JsonNode refusal(Map<String, Object> request) {
        return api.post("/v1/requests", request).body().path("problem");
    }

    private static Map<String, Object> request(String uuid, String subtype, Map<String, Object> payload) {
        return Map.of("domain", uuid, "subtype", subtype, "payload", payload);
    }

    private static Map<String, Object> vbdCreate(String uuid, Map<String, Object> disk) {
        return request(uuid, "BLKIF_BE.VBD_CREATE", Map.of("kind", "disk", "disk", disk));
    }

    @Test
    void aPathWithBlanksAndQuotesIsAPath() throws Exception {
        Path odd = image("a 'b\" $c;d|e.img", MIB, "QUOTED");
        String uuid = create("quoted", disk(odd, "xvda"));
        awaitConnected(uuid, "xvda");
        inGuest(uuid, "head -c 6 /dev/xvda", "QUOTED");
        assertThat(shown(uuid, "xvda").path("target").asText()).isEqualTo(odd.toString());
    }

    @Test
    void disksAreLookedAfterAgainByTheNextDaemon() throws Exception {
        Path file = image("outlives.img", MIB, "OUTLIVES");
        Path again = dir.resolve("again");
        try (SimHost host = SimHost.start(SimHostOptions.defaults(), dir.resolve("host"))) {
            String uuid;
            try (RunningDaemon first = RunningDaemon.startOn(host, again)) {
                uuid = first.api().create(spec("outlives", List.of(disk(file, "xvda"))));
                Await.until(
                        "it is connected",
                        SOON,
                        () -> first.api()
                                .get("/v1/domains/" + uuid + "/disks")
                                .body()
                                .path(0)
                                .path("state")
                                .asText()
                                .equals("connected"));
            }
            try (RunningDaemon second = RunningDaemon.startOn(host, again)) {
                ApiClient next = second.api();
                Answer thief = next.post("/v1/domains", spec("thief", List.of(disk(file, "xvda"))));
                assertThat(thief.status()).as(thief.body().toString()).isEqualTo(409);
                Answer grown = next.sendText(
                        "PATCH", "/v1/domains/" + uuid + "/disks/xvda", "{\"sizeBytes\": " + 2 * MIB + "}");
                assertThat(grown.status()).as(grown.body().toString()).isEqualTo(200);
                assertThat(Files.size(file)).isEqualTo(2 * MIB);
                assertThat(next.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
                String freed = next.create(spec("freed", List.of(disk(file, "xvda"))));
                assertThat(next.delete("/v1/domains/" + freed).status()).isEqualTo(204);
            }
        }
    }

    @Test
    void disksOfAGuestThatWentWhileNoDaemonRanAreGivenBack() throws Exception {
        Path file = image("widow.img", MIB, "");
        Path state = dir.resolve("widow");
        try (SimHost host = SimHost.start(SimHostOptions.defaults(), dir.resolve("widows"))) {
            int domid;
            try (RunningDaemon first = RunningDaemon.startOn(host, state)) {
                ApiClient before = first.api();
                String uuid = before.create(spec("widow", List.of(disk(file, "xvda"))));
                domid = before.get("/v1/domains/" + uuid).body().path("domid").asInt();
                Await.until(
                        "the guest has it",
                        SOON,
                        () -> host.store()
                                .read(0, "/local/domain/0/backend/vbd/" + domid + "/51712/state")
                                .filter("4"::equals)
                                .isPresent());
            }
            // In good order, so that nothing of it is mapped and Xen forgets it at once.
            host.store().write(0, "/local/domain/" + domid + "/control/shutdown", "poweroff");
            Await.until(
                    "the guest has given it up",
                    SOON,
                    () -> host.store()
                            .read(0, "/local/domain/0/backend/vbd/" + domid + "/51712/state")
                            .filter("6"::equals)
                            .isPresent());
            Hypervisor dom0 = host.hypervisor();
            Await.until(
                    "it is off",
                    SOON,
                    () -> dom0.domains().find(domid).orElseThrow().shutdownReason() != null);
            dom0.domains().destroy(domid);
            assertThat(dom0.domains().find(domid)).isEmpty();
            try (RunningDaemon second = RunningDaemon.startOn(host, state)) {
                assertThat(host.store().list(0, "/local/domain/0/backend/vbd")).isEmpty();
                assertThat(host.store().list(0, "/local/domain")).containsExactly("0");
                assertThat(second.api().get("/v1/domains").body()).hasSize(1);
            }
        }
    }

    @Test
    void whatXlGaveToOneOfOurGuestsIsGuardedToo() throws Exception {
        Path ours = image("ours.img", MIB, "");
        Path theirs = image("theirs.img", MIB, "");
        String uuid = create("mixed", disk(ours, "xvda"));
        int domid = api.get("/v1/domains/" + uuid).body().path("domid").asInt();
        // As xl block-attach would, of a file that QEMU serves.
        String back = "/local/domain/0/backend/qdisk/" + domid + "/51728/";
        daemon.host().store().write(0, back + "params", "aio:" + theirs);
        daemon.host().store().write(0, back + "mode", "w");
        daemon.host().store().write(0, back + "dev", "xvdb");
        Answer refused = api.post("/v1/domains", spec("thief", List.of(disk(theirs, "xvda"))));
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(409);
    }

    @Test
    void nodesThatSomebodyLeftBehindKeepNobodyFromAFile() throws Exception {
        Path file = image("haunted.img", MIB, "");
        String back = "/local/domain/0/backend/qdisk/4711/51712/";
        daemon.host().store().write(0, back + "params", "aio:" + file);
        daemon.host().store().write(0, back + "mode", "w");
        awaitConnected(create("unafraid", disk(file, "xvda")), "xvda");
    }

    private static int domid(String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt();
    }

    private static List<String> backends(int domid) {
        return daemon.host().store().list(0, "/local/domain/0/backend/vbd/" + domid);
    }

    private static void awaitAsked(String uuid, String number) throws Exception {
        String state = "/local/domain/0/backend/vbd/" + domid(uuid) + "/" + number + "/state";
        Await.until(
                "the guest is asked for it",
                SOON,
                () -> daemon.host().store().read(0, state).filter("5"::equals).isPresent());
    }

    private static CompletableFuture<Answer> meanwhile(Supplier<Answer> request) {
        return CompletableFuture.supplyAsync(request);
    }

    /** The guest does not answer any more: whoever waits for it is told, at once, that it is destroyed. */
    private static void destroyedAtOnce(String uuid, CompletableFuture<Answer> waiting) throws Exception {
        int domid = domid(uuid);
        long asked = System.nanoTime();
        assertThat(api.delete("/v1/domains/" + uuid).status()).isEqualTo(204);
        Answer given = waiting.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
        assertThat(given.status()).as(given.body().toString()).isEqualTo(409);
        assertThat(given.body().path("detail").asText()).contains("the domain is being destroyed");
        assertThat(backends(domid)).isEmpty();
    }

    @Test
    void destroyWaitsForNoGuestThatDoesNotTakeItsDisk() throws Exception {
        Path file = image("untaken.img", MIB, "");
        String uuid = create("deaf");
        int domid = domid(uuid);
        daemon.host().faults().armFor(Fault.STUCK_BLKFRONT, domid, Faults.ALWAYS);
        CompletableFuture<Answer> attaching =
                meanwhile(() -> api.post("/v1/domains/" + uuid + "/disks", disk(file, "xvdb")));
        Await.until("the disk is offered", SOON, () -> !backends(domid).isEmpty());
        destroyedAtOnce(uuid, attaching);
        awaitConnected(create("next", disk(file, "xvda")), "xvda");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "PATCH"})
    void destroyWaitsForNoGuestThatDoesNotGiveItsDiskUp(String method) throws Exception {
        Path file = image("kept-" + method + ".iso", MIB, "");
        Map<String, Object> drive = disk(file, "xvdc");
        drive.put("device", "cdrom");
        String uuid = create("clinging", drive);
        awaitConnected(uuid, "xvdc");
        daemon.host().faults().armFor(Fault.STUCK_BLKFRONT, domid(uuid), Faults.ALWAYS);
        String path = "/v1/domains/" + uuid + "/disks/xvdc";
        CompletableFuture<Answer> leaving = meanwhile(
                () -> method.equals("DELETE") ? api.delete(path) : api.sendText(method, path, "{\"target\": null}"));
        awaitAsked(uuid, "51744");
        destroyedAtOnce(uuid, leaving);
    }

    @Test
    void aDiskThatTheGuestGivesUpLateIsNoDiskOfItsNextBootEither() throws Exception {
        Path file = image("late.img", MIB, "LATE");
        String uuid = create("late", disk(file, "xvdb"));
        awaitConnected(uuid, "xvdb");
        daemon.host().faults().armFor(Fault.STUCK_BLKFRONT, domid(uuid), Faults.ALWAYS);
        Answer refused = api.delete("/v1/domains/" + uuid + "/disks/xvdb");
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(504);
        assertThat(shown(uuid, "xvdb").path("state").asText()).isEqualTo("detaching");
        daemon.host().faults().disarm(Fault.STUCK_BLKFRONT);
        Await.until(
                "it is gone",
                SOON,
                () -> api.get("/v1/domains/" + uuid + "/disks").body().isEmpty());
        // A look at its definition: an operation behind the one that writes it.
        assertThat(api.post("/v1/domains/" + uuid + "/disks", disk(file, "xvdc"))
                        .status())
                .isEqualTo(201);
        int before = domid(uuid);
        assertThat(api.state(uuid, "rebooted").status()).isEqualTo(200);
        Await.until("it has a new boot", SOON, () -> domid(uuid) > before);
        awaitConnected(uuid, "xvdc");
        assertThat(api.get("/v1/domains/" + uuid + "/disks").body()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aScriptUndoesItsDiskWhileItsNodesAreThere(boolean destroyed) throws Exception {
        Path told = dir.resolve("told-" + destroyed);
        Path go = dir.resolve("go-" + destroyed);
        Path script = dir.resolve("scripts/block-" + destroyed);
        Files.writeString(
                script,
                "#!/bin/sh\necho $1 $XENBUS_PATH >> " + told + "\n" + "[ $1 = add ] || until [ -e " + go
                        + " ]; do sleep 0.02; done\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        Map<String, Object> disk = disk("iqn:made", "xvda");
        disk.put("script", script.getFileName().toString());
        String uuid = create("scripted", disk);
        int domid = domid(uuid);
        if (destroyed) {
            meanwhile(() -> api.delete("/v1/domains/" + uuid));
        } else {
            assertThat(api.state(uuid, "shutdown").status()).isEqualTo(200);
        }
        Await.until("it undoes", SOON, () -> Files.readString(told).contains("remove"));
        assertThat(backends(domid)).isNotEmpty();
        Files.createFile(go);
        Await.until("it is gone", SOON, () -> api.get("/v1/domains/" + uuid).status() == 404);
        assertThat(backends(domid)).isEmpty();
        String path = " backend/vbd/" + domid + "/51712";
        assertThat(Files.readAllLines(told)).containsExactly("add" + path, "remove" + path);
    }

    @Test
    void aNetbsdGuestHasItsOwnNames() throws Exception {
        Path file = image("netbsd.img", MIB, "BSD");
        Map<String, Object> spec = spec("bsd", List.of(disk(file, "wd0d")));
        spec.put("kernel", "sim:netbsd");
        spec.put("guestOs", "netbsd");
        String uuid = api.create(spec);
        made.add(uuid);
        awaitConnected(uuid, "wd0d");
        assertThat(shown(uuid, "wd0d").path("virtualDevice").asInt()).isEqualTo(768);
    }

    @Test
    void anUnknownDomainHasNoDisks() {
        assertThat(api.get("/v1/domains/" + UUID.randomUUID() + "/disks").status())
                .isEqualTo(404);
        assertThat(api.post("/v1/domains/domid:0/disks", disk("/x", "xvda")).status())
                .isIn(307, 403);
    }
}
