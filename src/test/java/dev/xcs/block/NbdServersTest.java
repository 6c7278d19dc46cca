package dev.xcs.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NbdServersTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final AttachedDevice DEVICE = FakeNbd.device(3);

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final List<String> deaths = new CopyOnWriteArrayList<>();
    private Path kept;
    private FakeNbd fake;
    private NbdServers servers;

    @BeforeEach
    void aDaemon() throws IOException {
        kept = directory.resolve("state/nbd");
        fake = new FakeNbd(directory);
        servers = daemon(Duration.ofSeconds(20));
    }

    @AfterEach
    void endTheServers() {
        on(() -> {
            servers.close();
            return Future.succeededFuture();
        });
        ours().forEach(ProcessHandle::destroyForcibly);
        BusFixture.await(vertx.close());
    }

    /** The processes of this test: their command is in its directory. */
    private List<ProcessHandle> ours() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains(directory.toString()))
                .toList();
    }

    private NbdServers daemon(Duration ready) {
        NbdServers.Patience patience = new NbdServers.Patience(ready, Duration.ofSeconds(2), Duration.ofSeconds(10));
        return on(() -> Future.succeededFuture(new NbdServers(
                vertx, fake.command, kept, patience, (server, why) -> deaths.add(server.path() + " " + why))));
    }

    private <T> T on(Supplier<Future<T>> call) {
        Promise<T> done = Promise.promise();
        context.runOnContext(any -> call.get().onComplete(done));
        return BusFixture.await(done.future());
    }

    private NbdServer start(NbdImage image) {
        return on(() -> servers.start(image, DEVICE, () -> FakeNbd.state(image, DEVICE)));
    }

    private Problem refused(NbdImage image) {
        return catchThrowableOfType(ProblemException.class, () -> start(image)).problem();
    }

    private static boolean alive(NbdServer server) {
        return ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive).isPresent();
    }

    @Test
    void servesAnImageUntilItIsStopped() throws Exception {
        NbdImage image = fake.image("a, \"b\"\n: --c", "serve");
        NbdServer server = start(image);

        assertThat(server)
                .isEqualTo(new NbdServer(DEVICE.number(), "/dev/nbd3", image.file(), "vpc", false, server.pid()));
        assertThat(FakeNbd.arguments(image))
                .containsExactly(
                        "--verbose",
                        "--connect=/dev/nbd3",
                        "--socket=" + kept.resolve("96.sock"),
                        "--format=vpc",
                        "--cache=none",
                        "--aio=native",
                        "--discard=unmap",
                        "--",
                        image.file().toString());
        assertThat(kept.resolve("96.pid")).hasContent(server.pid() + "\n/dev/nbd3");

        on(() -> servers.stop(DEVICE.number()));
        assertThat(alive(server)).isFalse();
        assertThat(Path.of(image.file() + ".ready")).doesNotExist();
        assertThat(kept).isEmptyDirectory();
        assertThat(deaths).isEmpty();
        on(() -> servers.stop(DEVICE.number()));
    }

    @Test
    void holdsNothingOfTheDaemon() throws Exception {
        NbdServer server = start(fake.image("disk", "serve"));
        Path open = Path.of("/proc/" + server.pid() + "/fd");

        assertThat(open.resolve("0").toRealPath()).isEqualTo(Path.of("/dev/null"));
        assertThat(open.resolve("1").toRealPath())
                .isEqualTo(kept.resolve("96.log").toRealPath());
        assertThat(open.resolve("2").toRealPath())
                .isEqualTo(kept.resolve("96.log").toRealPath());
        // The fifth field is the process group: its own, out of reach of a terminal.
        assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/stat")).split(" ")[4])
                .isEqualTo(Long.toString(server.pid()));
    }

    @Test
    void killsAServerThatDoesNotEnd() throws Exception {
        NbdServer server = start(fake.image("disk", "stubborn"));

        on(() -> servers.stop(DEVICE.number()));
        assertThat(alive(server)).isFalse();
        assertThat(deaths).isEmpty();
    }

    @Test
    void refusesASecondServerForADevice() throws Exception {
        start(fake.image("disk", "serve"));

        assertThat(refused(fake.image("other", "serve")).type()).isEqualTo(ProblemType.CONFLICT);
    }

    @Test
    void saysWhatTheServerSaid() throws Exception {
        Problem problem = refused(fake.image("disk", "broken"));

        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.detail()).contains("disk\" cannot be served: qemu-nbd ended: exit code 1");
        assertThat(problem.cause()).contains("Image is corrupt");
        assertThat(kept).isEmptyDirectory();
        assertThat(deaths).isEmpty();
        start(fake.image("other", "serve"));
    }

    @Test
    void givesUpOnAServerThatIsNeverReady() throws Exception {
        servers = daemon(Duration.ofMillis(300));

        assertThat(refused(fake.image("disk", "slow")).type()).isEqualTo(ProblemType.TIMEOUT);
        assertThat(ours()).isEmpty();
    }

    @Test
    void stopsAServerThatIsNotReadyYet() throws Exception {
        NbdImage image = fake.image("disk", "slow");
        Future<NbdServer> starting =
                on(() -> Future.succeededFuture(servers.start(image, DEVICE, () -> FakeNbd.state(image, DEVICE))));

        on(() -> servers.stop(DEVICE.number()));
        assertThat(ProblemException.of(starting.cause()).type()).isEqualTo(ProblemType.PREEMPTED);
        assertThat(ours()).isEmpty();
    }

    @Test
    void usesTheCacheWhereDirectIoIsImpossible() throws Exception {
        NbdImage image = fake.image("disk", "tmpfs");
        start(image);

        assertThat(FakeNbd.arguments(image)).contains("--cache=writeback", "--aio=threads");
    }

    @Test
    void tellsOfADeathNobodyAskedForAndDoesNotRestart() throws Exception {
        NbdServer server = start(fake.image("disk", "serve"));
        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();

        Await.until("the death is told", SOON, () -> !deaths.isEmpty());
        assertThat(deaths).hasSize(1);
        assertThat(deaths.get(0)).startsWith("/dev/nbd3 exit code 137");
        assertThat(on(() -> Future.succeededFuture(servers.of(DEVICE.number()))))
                .isEmpty();
        assertThat(kept).isEmptyDirectory();
    }

    @Test
    void saysThatTheCommandIsMissing() throws Exception {
        NbdImage image = fake.image("disk", "serve");
        Files.delete(fake.command);

        Problem problem = refused(image);
        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.detail() + problem.cause()).contains(fake.command.toString());
    }

    @Test
    void findsServersOfAnEarlierRun() throws Exception {
        NbdImage image = fake.image("disk \n2", "serve");
        NbdServer server = start(image);
        servers = daemon(SOON);

        assertThat(on(servers::takeUp)).containsExactly(server);
        assertThat(on(servers::takeUp)).isEmpty();
        on(() -> servers.stop(DEVICE.number()));
        assertThat(alive(server)).isFalse();
    }

    @Test
    void findsAServerWhosePidWasNotWrittenAnyMore() throws Exception {
        NbdServer server = start(fake.image("disk", "serve"));
        Files.writeString(kept.resolve("96.pid"), "0\n/dev/nbd3\n");
        servers = daemon(SOON);

        assertThat(on(servers::takeUp)).containsExactly(server);
    }

    @Test
    void tellsOfTheDeathOfAServerOfAnEarlierRun() throws Exception {
        NbdServer server = start(fake.image("disk", "serve"));
        servers = daemon(SOON);
        on(servers::takeUp);
        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();

        Await.until("both daemons tell", SOON, () -> deaths.size() == 2);
    }

    @Test
    void neverTakesAStrangerForAServer() throws Exception {
        Process stranger = new ProcessBuilder("sh", "-c", "read line", "sh", "--connect=/dev/nbd3").start();
        Process sleeper = new ProcessBuilder("sleep", "100").start();
        Files.createDirectories(kept);
        Files.writeString(kept.resolve("96.pid"), sleeper.pid() + "\n/dev/nbd3\n");
        Files.writeString(kept.resolve("128.pid"), stranger.pid() + "\n/dev/nbd3\n");
        Files.writeString(kept.resolve("nonsense.pid"), "x");

        assertThat(on(servers::takeUp)).isEmpty();
        on(() -> servers.stop(DEVICE.number()));
        assertThat(sleeper.isAlive() && stranger.isAlive()).isTrue();
        sleeper.destroyForcibly();
        stranger.destroyForcibly();
        assertThat(kept.resolve("96.pid")).doesNotExist();
    }

    @Test
    void keepsOnlyTheEndOfWhatAServerSays() throws Exception {
        NbdFiles files = new NbdFiles(kept);
        files.prepare(DEVICE.number(), DEVICE.path());
        Files.writeString(kept.resolve("96.log"), "x".repeat(300_000) + "the end\n");

        assertThat(files.said(DEVICE.number())).hasSizeLessThanOrEqualTo(2000).endsWith("the end");
        files.trim(DEVICE.number());
        assertThat(Files.size(kept.resolve("96.log"))).isZero();
    }
}
