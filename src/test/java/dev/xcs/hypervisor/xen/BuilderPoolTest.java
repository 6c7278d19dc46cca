package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builders in processes of their own: real processes, and a builder that does what it is told. */
class BuilderPoolTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<BuilderPool> pools = new ArrayList<>();

    @AfterEach
    void endEverything() throws Exception {
        Set<ProcessHandle> children = children();
        pools.forEach(BuilderPool::close);
        threads.shutdownNow();
        Await.until("no builder process is left", SOON, () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    private BuilderPool pool(int processes, String... arguments) {
        return pool(processes, Duration.ofMinutes(1), arguments);
    }

    private BuilderPool pool(int processes, Duration limit, String... arguments) {
        List<String> command = BuilderCommand.of(classPath(), ScriptedBuilderMain.class.getName(), arguments);
        BuilderPool pool = BuilderPool.open(command, processes, limit);
        pools.add(pool);
        return pool;
    }

    /** That of the tests, however they are run. */
    private static String classPath() {
        return BuilderPoolTest.class.getClassLoader() instanceof URLClassLoader loader
                ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(":"))
                : System.getProperty("java.class.path");
    }

    private static Set<ProcessHandle> children() {
        Set<ProcessHandle> builders = new HashSet<>();
        ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("ScriptedBuilderMain"))
                .forEach(builders::add);
        return builders;
    }

    private static BuildOrder order(String kernel) {
        return order(kernel, null);
    }

    private static BuildOrder order(String kernel, String cmdline) {
        return new BuildOrder(
                new BuildRequest(
                        7, DomainType.PVH, 64, 2, kernel, List.of(List.of("/one", "/two"), List.of("/three")), cmdline),
                null);
    }

    /** The process that builds a domain. */
    private static long pid(BuilderPool pool) {
        return pool.build(order("/kernel")).storeFrame();
    }

    private static Problem failure(BuilderPool pool, String kernel) {
        return catchThrowableOfType(ProblemException.class, () -> pool.build(order(kernel)))
                .problem();
    }

    /** A build that hangs, once its process has said so. */
    private Future<BuiltDomain> hanging(BuilderPool pool, Path pid) throws Exception {
        Future<BuiltDomain> building = threads.submit(() -> pool.build(order("/hang", pid.toString())));
        Await.until("it is being built", SOON, () -> Files.exists(pid) && Files.size(pid) > 0);
        return building;
    }

    private static ProcessHandle process(Path pid) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();
    }

    private static Problem failure(Future<BuiltDomain> building) {
        Throwable failure = catchThrowableOfType(
                        java.util.concurrent.ExecutionException.class,
                        () -> building.get(SOON.toSeconds(), TimeUnit.SECONDS))
                .getCause();
        return ((ProblemException) failure).problem();
    }

    @Test
    void tellsAWholeOrderToTheOtherProcess() throws IOException {
        BuildOrder order = new BuildOrder(
                order("/kernel", "console=hvc0").request(), new UnpackedKernel(Path.of("/cache/k.elf"), 1L << 33, 5));
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        Wire.send(sent, Wire.Kind.BUILD, Wire.order(order));
        Wire.Received received = Wire.receive(new ByteArrayInputStream(sent.toByteArray()));

        assertThat(received).isNotNull();
        assertThat(Wire.order(received.fields())).isEqualTo(order);
    }

    @Test
    void buildsInOneProcessAgainAndAgain() throws IOException {
        BuilderPool pool = pool(2);
        UnpackedKernel kernel = new UnpackedKernel(Path.of("/cache/k.elf"), 1L << 33, 5);

        BuiltDomain built = pool.build(new BuildOrder(order("/kernel").request(), kernel));

        assertThat(built).isEqualTo(new BuiltDomain(7, built.storeFrame(), 5, 1L << 33));
        assertThat(built.storeFrame()).isNotEqualTo(ProcessHandle.current().pid());
        assertThat(pid(pool)).isEqualTo(built.storeFrame());
        assertThat(pool.notes("/kernel"))
                .isEqualTo(new XenNotes(Set.of(DomainType.PV, DomainType.PVH), "linux", 1 << 15));
        Path elf = directory.resolve("elf");
        pool.unpack(Path.of("/boot/k"), elf);
        assertThat(elf).hasContent("elf of /boot/k");
        assertThatThrownBy(() -> pool.unpack(Path.of("/boot/k"), directory.resolve("none/elf")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NoSuchFile");
        assertThat(pid(pool)).isEqualTo(built.storeFrame());
    }

    @Test
    void bringsRefusalsAsTheyAre() {
        BuilderPool pool = pool(1);

        assertThat(failure(pool, "/refused"))
                .isEqualTo(new Problem(
                        ProblemType.BAD_IMAGE,
                        "kernel: no \u00e4lf",
                        "kernel",
                        "build",
                        "xc_dom_parse_image",
                        "x",
                        22,
                        "Invalid argument",
                        "why",
                        true));
        assertThat(failure(pool, "/bug").detail()).contains("IllegalStateException: a bug");
        assertThat(pid(pool)).isPositive();
    }

    @Test
    void survivesABuilderThatAborts() {
        BuilderPool pool = pool(1);
        long first = pid(pool);

        Problem problem = failure(pool, "/abort");

        assertThat(problem.type()).isEqualTo(ProblemType.HYPERVISOR);
        assertThat(problem.detail())
                .isEqualTo("building domain 7 failed: the builder process (pid " + first + ") ended by signal 6");
        assertThat(problem.step()).isEqualTo("build");
        assertThat(problem.retryable()).isTrue();
        assertThat(problem.cause()).contains("libxenguest has crashed");
        assertThat(pid(pool)).as("the next one").isNotEqualTo(first);
    }

    @Test
    void failsOneBuildOnlyWhenItsProcessIsKilledInTheMiddle() throws Exception {
        BuilderPool pool = pool(2);
        Path pid = directory.resolve("pid");
        Future<BuiltDomain> building = hanging(pool, pid);
        long other = pid(pool);

        process(pid).destroyForcibly();

        assertThat(failure(building).detail()).endsWith("(pid " + Files.readString(pid) + ") ended by signal 9");
        assertThat(pid(pool)).as("the other process builds on").isEqualTo(other);
    }

    @Test
    void replacesAnIdleProcessThatIsKilledWithoutAnybodyNoticing() throws Exception {
        BuilderPool pool = pool(1);
        long first = pid(pool);
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        Await.until("it is dead", SOON, () -> ProcessHandle.of(first).isEmpty());

        assertThat(pid(pool)).isNotEqualTo(first);
    }

    @Test
    void startsNoMoreProcessesThanAllowed() throws Exception {
        BuilderPool pool = pool(2);
        Set<ProcessHandle> before = children();
        List<Future<Long>> pids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            pids.add(threads.submit(() -> pid(pool)));
        }
        Set<Long> seen = new HashSet<>();
        for (Future<Long> pid : pids) {
            seen.add(pid.get(SOON.toSeconds(), TimeUnit.SECONDS));
        }
        assertThat(seen).hasSizeBetween(1, 2);
        assertThat(children()).hasSizeLessThanOrEqualTo(before.size() + 2);
    }

    @Test
    void endsAProcessThatTakesTooLong() throws Exception {
        BuilderPool pool = pool(1, Duration.ofSeconds(4));
        Path pid = directory.resolve("pid");

        Problem problem = failure(hanging(pool, pid));

        assertThat(problem.detail()).endsWith("was ended: it took longer than 4 s");
        assertThat(pid(pool)).isNotEqualTo(Long.parseLong(Files.readString(pid)));
    }

    @Test
    void endsWhatIsBeingBuiltWhenItIsClosed() throws Exception {
        BuilderPool pool = pool(1);
        Path pid = directory.resolve("pid");
        Future<BuiltDomain> building = hanging(pool, pid);
        ProcessHandle process = process(pid);

        pool.close();

        assertThat(failure(building).detail()).contains("the builder process");
        Await.until("the process has ended", SOON, () -> !process.isAlive());
        assertThat(failure(pool, "/kernel").type()).isEqualTo(ProblemType.UNAVAILABLE);
    }

    @Test
    void saysWhyAProcessCannotBuild() {
        assertThat(failure(pool(1, "no Xen here"), "/kernel").detail()).isEqualTo("no Xen here");
    }

    @Test
    void saysThatAProcessCannotBeStarted() {
        BuilderPool pool = BuilderPool.open(List.of("/nonexistent/java"), 1);
        pools.add(pool);

        Problem problem = failure(pool, "/kernel");

        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
        assertThat(problem.detail()).contains("/nonexistent/java");
    }
}
