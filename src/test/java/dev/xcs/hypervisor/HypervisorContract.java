package dev.xcs.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every adapter of the port has to do; run on the simulated host always and on real Xen in the lab. A test leaves the host as
 * it found it.
 */
public abstract class HypervisorContract {
    private static final int NO_SUCH_DOMID = 30_000;
    /** Bytes of Xen's log in one piece: what one message on the bus may carry of it. */
    private static final int MOST_LOGGED = 16 * 1024;

    private static final int ESRCH = 3;
    private static final int EINVAL = 22;

    @TempDir
    Path files;

    private Hypervisor hypervisor;
    private Domains domains;
    private EventChannels events;
    private final List<Integer> made = new ArrayList<>();
    private final List<Hypervisor> opened = new ArrayList<>();

    /** Opens handles of its own on the host, as another process would. */
    protected abstract Hypervisor open();

    /** What is created and built here. */
    protected DomainType type() {
        return DomainType.PV;
    }

    /** A kernel for a small guest of that type that prints and reads on its console. */
    protected abstract String kernel();

    protected String cmdline() {
        return "";
    }

    protected int memoryMib() {
        return 64;
    }

    /** What the guest prints when it listens to its console. */
    protected abstract String prompt();

    /** Writes the nodes that the kernel needs before it runs and introduces the domain, if it needs that at all. */
    protected void publish(int domid, BuiltDomain built) {}

    /** Takes back what {@link #publish} did. */
    protected void unpublish(int domid) {}

    /** Makes the hypervisor itself log something, now or soon. */
    protected abstract void provokeLogLine();

    /** How long anything that has to happen may take here. */
    protected Duration patience() {
        return Duration.ofSeconds(10);
    }

    @BeforeEach
    void openHypervisor() {
        hypervisor = another();
        domains = hypervisor.domains();
        events = hypervisor.eventChannels();
    }

    @AfterEach
    void leaveNothing() {
        opened.forEach(Hypervisor::close);
        Hypervisor last = open();
        for (int domid : made) {
            if (last.domains().find(domid).isPresent()) {
                last.domains().destroy(domid);
            }
            unpublish(domid);
            eventually(() -> last.domains().find(domid).isEmpty());
        }
        last.close();
    }

    private Hypervisor another() {
        Hypervisor another = open();
        opened.add(another);
        return another;
    }

    private int create() {
        int domid = domains.create(UUID.randomUUID(), type(), 1);
        made.add(domid);
        return domid;
    }

    private BuildRequest request(int domid, String kernel) {
        return new BuildRequest(domid, type(), memoryMib(), 1, kernel, List.of(), cmdline());
    }

    private BuiltDomain build(int domid) {
        BuiltDomain built = domains.build(request(domid, kernel()));
        publish(domid, built);
        return built;
    }

    private DomainInfo info(int domid) {
        return domains.find(domid).orElseThrow();
    }

    private Problem problemOf(Runnable call) {
        return catchThrowableOfType(ProblemException.class, call::run).problem();
    }

    private void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience().toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Test
    void tellsOfTheHost() {
        assertThat(hypervisor.host()).satisfies(host -> {
            assertThat(host.xenVersion()).matches("4\\.[0-9]+.*");
            assertThat(host.pv()).isTrue();
            assertThat(host.cpus()).isPositive();
            assertThat(host.totalMemoryKib()).isGreaterThan(host.freeMemoryKib());
            assertThat(host.freeMemoryKib()).isPositive();
        });
    }

    @Test
    void listsDom0First() {
        int domid = create();
        assertThat(domains.list())
                .extracting(DomainInfo::domid)
                .startsWith(0)
                .contains(domid)
                .isSorted();
        assertThat(info(0).cpuNanos()).isPositive();
        assertThat(info(0).paused()).isFalse();
    }

    @Test
    void createsAnEmptyPausedDomain() {
        UUID handle = UUID.randomUUID();
        int domid = domains.create(handle, type(), 2);
        made.add(domid);
        assertThat(info(domid)).satisfies(info -> {
            assertThat(info.handle()).isEqualTo(handle);
            assertThat(info.paused()).isTrue();
            assertThat(info.dying()).isFalse();
            assertThat(info.hvm()).isEqualTo(type() != DomainType.PV);
            assertThat(info.shutdownReason()).isNull();
            assertThat(info.memoryKib()).isLessThan(1024);
            assertThat(info.cpuNanos()).isZero();
        });
    }

    @Test
    void refusesToCreateWithoutVcpus() {
        assertThat(problemOf(() -> domains.create(UUID.randomUUID(), type(), 0)))
                .satisfies(problem -> assertThat(problem.detail()).isNotBlank());
    }

    @Test
    void saysAsWhatAKernelCanBeStarted() {
        assertThat(hypervisor.kernels().bootable(kernel())).contains(type());
        assertBadKernel(
                problemOf(() ->
                        hypervisor.kernels().bootable(files.resolve("none").toString())),
                files.resolve("none").toString());
    }

    @Test
    void refusesWhatTheKernelIsNotMadeFor() throws Exception {
        DomainType other = type() == DomainType.PV ? DomainType.PVH : DomainType.PV;
        Path kernel = Files.write(files.resolve("kernel"), KernelElf.of(type()));
        int domid = domains.create(UUID.randomUUID(), other, 1);
        made.add(domid);
        BuildRequest wrong = new BuildRequest(domid, other, memoryMib(), 1, kernel.toString(), List.of(), null);
        assertThat(hypervisor.kernels().bootable(kernel.toString())).containsExactly(type());
        assertThat(problemOf(() -> domains.build(wrong))).satisfies(problem -> {
            assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
            assertThat(problem.field()).isEqualTo("type");
            assertThat(problem.detail()).contains(other.json()).contains(kernel.toString());
        });
        assertThat(info(domid).memoryKib()).as("nothing was populated").isLessThan(1024);
    }

    @Test
    void buildsADomainThatStaysPaused() {
        int domid = create();
        BuiltDomain built = build(domid);
        assertThat(built.consolePort()).isPositive().isNotEqualTo(built.storePort());
        assertThat(built.storePort()).isPositive();
        assertThat(built.consoleFrame()).isPositive().isNotEqualTo(built.storeFrame());
        assertThat(info(domid).paused()).isTrue();
        assertThat(info(domid).memoryKib()).isBetween(memoryMib() * 1024L - 1024, memoryMib() * 1024L + 1024);
        assertThat(info(domid).maxMemoryKib()).isGreaterThanOrEqualTo(memoryMib() * 1024L);
    }

    @Test
    void takesMemoryAndGivesItBack() {
        long before = hypervisor.host().freeMemoryKib();
        int domid = create();
        build(domid);
        assertThat(hypervisor.host().freeMemoryKib()).isLessThanOrEqualTo(before - memoryMib() * 1024L);
        domains.destroy(domid);
        eventually(() -> hypervisor.host().freeMemoryKib() >= before - 512);
    }

    @Test
    void namesAKernelThatIsMissing() {
        int domid = create();
        String missing = files.resolve("no-such-kernel").toString();
        assertBadKernel(problemOf(() -> domains.build(request(domid, missing))), missing);
        assertThat(info(domid).paused()).isTrue();
    }

    @Test
    void namesAKernelThatIsNone() throws Exception {
        int domid = create();
        Path text = Files.writeString(files.resolve("text"), "this is not a kernel\n".repeat(1000));
        assertBadKernel(problemOf(() -> domains.build(request(domid, text.toString()))), text.toString());
        domains.destroy(domid);
        eventually(() -> domains.find(domid).isEmpty());
    }

    @Test
    void namesAKernelThatIsEmpty() throws Exception {
        int domid = create();
        Path empty = Files.createFile(files.resolve("empty"));
        assertBadKernel(problemOf(() -> domains.build(request(domid, empty.toString()))), empty.toString());
    }

    private static void assertBadKernel(Problem problem, String path) {
        assertThat(problem.type()).isIn(ProblemType.BAD_IMAGE, ProblemType.INVALID_FIELD);
        assertThat(problem.field()).isEqualTo("kernel");
        assertThat(problem.detail()).contains(path);
    }

    @Test
    void refusesMoreMemoryThanThereIs() {
        int domid = create();
        int mib = (int) (hypervisor.host().freeMemoryKib() / 1024) + 1024;
        BuildRequest tooMuch = new BuildRequest(domid, type(), mib, 1, kernel(), List.of(), cmdline());
        assertThat(problemOf(() -> domains.build(tooMuch)).type()).isEqualTo(ProblemType.OUT_OF_MEMORY);
    }

    @Test
    void runsPausesAndRunsAgain() {
        int domid = create();
        build(domid);
        domains.unpause(domid);
        assertThat(info(domid).paused()).isFalse();
        eventually(() -> info(domid).cpuNanos() > 0);
        domains.pause(domid);
        assertThat(info(domid).paused()).isTrue();
        domains.unpause(domid);
        assertThat(info(domid).paused()).isFalse();
    }

    @Test
    void usesNoCpuWhilePaused() {
        int domid = create();
        build(domid);
        domains.unpause(domid);
        eventually(() -> info(domid).cpuNanos() > 0);
        domains.pause(domid);
        long used = info(domid).cpuNanos();
        assertThat(events.await(100).ports()).isEmpty();
        assertThat(info(domid).cpuNanos()).isEqualTo(used);
    }

    @Test
    void bearsASecondUnpause() {
        int domid = create();
        build(domid);
        domains.unpause(domid);
        domains.unpause(domid);
        domains.pause(domid);
        assertThat(info(domid).paused()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"POWEROFF", "REBOOT", "SUSPEND", "CRASH"})
    void keepsTheReasonOfAShutdown(ShutdownReason reason) {
        int domid = create();
        build(domid);
        domains.unpause(domid);
        domains.shutdown(domid, reason);
        eventually(() -> info(domid).shutdownReason() != null);
        assertThat(info(domid).shutdownReason()).isEqualTo(reason);
        assertThat(info(domid).dying()).isFalse();
        assertThat(info(domid).running()).isFalse();
    }

    @Test
    void destroysWithoutATrace() {
        int domid = create();
        build(domid);
        domains.unpause(domid);
        domains.destroy(domid);
        eventually(() -> domains.find(domid).isEmpty());
        assertThat(domains.list()).extracting(DomainInfo::domid).doesNotContain(domid);
    }

    @Test
    void doesNotReuseADomidAtOnce() {
        int first = create();
        domains.destroy(first);
        eventually(() -> domains.find(first).isEmpty());
        assertThat(create()).isNotEqualTo(first);
    }

    @Test
    void listsADeadDomainAsDyingWhileItsRingIsMapped() {
        int domid = create();
        BuiltDomain built = build(domid);
        ConsoleRing ring = hypervisor.consoleRings().map(domid, built.consoleFrame());
        domains.destroy(domid);
        assertThat(info(domid).dying()).isTrue();
        ring.close();
        eventually(() -> domains.find(domid).isEmpty());
    }

    @Test
    void readsWhatWasPrintedBeforeADeathUntilTheRingIsUnmapped() {
        int domid = create();
        BuiltDomain built = build(domid);
        try (ConsoleRing ring = hypervisor.consoleRings().map(domid, built.consoleFrame())) {
            domains.unpause(domid);
            eventually(ring::hasOutput);
            domains.pause(domid);
            domains.destroy(domid);
            assertThat(ring.read(new byte[4096])).isPositive();
        }
    }

    @Test
    void refusesDomainsThatDoNotExist() {
        assertUnknown(() -> domains.pause(NO_SUCH_DOMID));
        assertUnknown(() -> domains.destroy(NO_SUCH_DOMID));
        assertUnknown(() -> domains.shutdown(NO_SUCH_DOMID, ShutdownReason.POWEROFF));
        assertUnknown(() -> domains.limitMemory(NO_SUCH_DOMID, 65536));
        assertThat(domains.find(NO_SUCH_DOMID)).isEmpty();
        assertThat(problemOf(() -> domains.build(request(NO_SUCH_DOMID, kernel())))
                        .detail())
                .isNotBlank();
        assertThat(problemOf(() -> hypervisor.consoleRings().map(NO_SUCH_DOMID, 1))
                        .call())
                .isNotBlank();
        assertThat(problemOf(() -> events.bind(NO_SUCH_DOMID, 1)).call()).isNotBlank();
    }

    private void assertUnknown(Runnable call) {
        assertThat(problemOf(call)).satisfies(problem -> {
            assertThat(problem.errno()).isEqualTo(ESRCH);
            assertThat(problem.call()).startsWith("xc_domain_");
            assertThat(problem.argument()).contains(String.valueOf(NO_SUCH_DOMID));
        });
    }

    @Test
    void refusesToPauseOrDestroyDom0() {
        assertThat(problemOf(() -> domains.pause(0)).errno()).isEqualTo(EINVAL);
        assertThat(problemOf(() -> domains.destroy(0)).errno()).isEqualTo(EINVAL);
        assertThat(info(0).paused()).isFalse();
    }

    @Test
    void limitsMemory() {
        int domid = create();
        build(domid);
        domains.limitMemory(domid, memoryMib() * 1024L + 4096);
        assertThat(info(domid).maxMemoryKib()).isEqualTo(memoryMib() * 1024L + 4096);
    }

    @Test
    void firesOnceWhenAPortIsBoundAndStaysMasked() {
        int domid = create();
        int port = events.bind(domid, build(domid).consolePort());
        assertThat(port).isPositive();
        assertThat(awaitPorts()).containsExactly(port);
        domains.unpause(domid);
        assertThat(events.await(200).ports()).isEmpty();
        events.unbind(port);
    }

    @Test
    void firesAgainOnceUnmasked() {
        int domid = create();
        BuiltDomain built = build(domid);
        try (ConsoleRing ring = hypervisor.consoleRings().map(domid, built.consoleFrame())) {
            int port = events.bind(domid, built.consolePort());
            assertThat(awaitPorts()).containsExactly(port);
            domains.unpause(domid);
            eventually(ring::hasOutput);
            events.unmask(List.of(port));
            assertThat(awaitPorts()).containsExactly(port);
        }
    }

    private List<Integer> awaitPorts() {
        return events.await((int) patience().toMillis()).ports();
    }

    @Test
    void refusesToBindAPortTwice() {
        int domid = create();
        int remotePort = build(domid).consolePort();
        int port = events.bind(domid, remotePort);
        assertThat(problemOf(() -> another().eventChannels().bind(domid, remotePort)))
                .satisfies(problem -> {
                    assertThat(problem.errno()).isEqualTo(EINVAL);
                    assertThat(problem.call()).isEqualTo("xenevtchn_bind_interdomain");
                });
        events.unbind(port);
    }

    @Test
    void bindsAPortAgainThatItsOwnerGaveBack() {
        int domid = create();
        int remotePort = build(domid).consolePort();
        events.unbind(events.bind(domid, remotePort));
        int port = events.bind(domid, remotePort);
        assertThat(awaitPorts()).contains(port);
    }

    @Test
    void bindsAPortAgainWhoseOwnerDied() {
        int domid = create();
        int remotePort = build(domid).consolePort();
        Hypervisor dead = open();
        dead.eventChannels().bind(domid, remotePort);
        dead.close();
        int port = events.bind(domid, remotePort);
        assertThat(awaitPorts()).containsExactly(port);
    }

    @Test
    void refusesAPortThatTheDomainDoesNotHave() {
        int domid = create();
        build(domid);
        assertThat(problemOf(() -> events.bind(domid, 900)).errno()).isEqualTo(EINVAL);
    }

    @Test
    void bearsToUnbindAndUnmaskWhatIsNotBound() {
        events.unbind(4000);
        events.unmask(List.of(4000));
    }

    @Test
    void answersWithNothingAfterAQuietPeriod() {
        EventChannels.Raised raised = events.await(20);
        assertThat(raised.ports()).isEmpty();
        assertThat(raised.overflowed()).isFalse();
    }

    @Test
    void wakesWhoAwaits() throws Exception {
        CompletableFuture<EventChannels.Raised> waiting = CompletableFuture.supplyAsync(() -> events.await(60_000));
        events.wake();
        assertThat(waiting.get(10, TimeUnit.SECONDS).ports()).isEmpty();
    }

    @Test
    void carriesTheConsoleBothWays() {
        onConsole((port, ring) -> {
            untilPrinted(port, ring, prompt());
            type(port, ring, "echo mar''ker\r");
            untilPrinted(port, ring, "marker");
        });
    }

    @Test
    void letsAnotherProcessTakeTheConsoleOver() {
        int domid = create();
        BuiltDomain built = build(domid);
        Hypervisor first = open();
        ConsoleRing firstRing = first.consoleRings().map(domid, built.consoleFrame());
        first.eventChannels().bind(domid, built.consolePort());
        domains.unpause(domid);
        eventually(firstRing::hasOutput);
        first.close();
        try (ConsoleRing ring = hypervisor.consoleRings().map(domid, built.consoleFrame())) {
            int port = events.bind(domid, built.consolePort());
            untilPrinted(port, ring, prompt());
        }
    }

    @Test
    void knowsWhetherAnybodyHasTakenWhatWasPrinted() {
        int domid = create();
        BuiltDomain built = build(domid);
        try (ConsoleRing ring = hypervisor.consoleRings().map(domid, built.consoleFrame())) {
            assertThat(ring.isOutputUntouched()).isTrue();
            domains.unpause(domid);
            eventually(ring::hasOutput);
            assertThat(ring.isOutputUntouched()).isTrue();
            assertThat(ring.read(new byte[1])).isOne();
            assertThat(ring.isOutputUntouched()).isFalse();
        }
        try (ConsoleRing later = another().consoleRings().map(domid, built.consoleFrame())) {
            assertThat(later.isOutputUntouched()).isFalse();
        }
    }

    @Test
    void readsItsLogInPiecesWithoutLoss() {
        HypervisorLog log = hypervisor.log();
        HypervisorLog.Chunk oldest = log.read(0);
        StringBuilder all = new StringBuilder(oldest.text());
        long next = oldest.next();
        for (HypervisorLog.Chunk more = log.read(next); !more.text().isEmpty(); more = log.read(next)) {
            assertThat(more.text()).hasSizeLessThanOrEqualTo(MOST_LOGGED);
            assertThat(more.first()).as("where the piece before ended").isEqualTo(next);
            all.append(more.text());
            next = more.next();
        }
        assertThat(all.toString()).contains("(XEN) ");
        assertThat(oldest.text()).hasSizeLessThanOrEqualTo(MOST_LOGGED);

        long middle = oldest.first() + all.length() / 2;
        HypervisorLog.Chunk fromMiddle = log.read(middle);
        assertThat(fromMiddle.first()).isEqualTo(middle);
        String rest = all.substring(all.length() / 2);
        assertThat(fromMiddle.text()).startsWith(rest.substring(0, Math.min(rest.length(), 100)));
        assertThat(log.read(0).text()).as("reading takes nothing out of it").startsWith(oldest.text());
    }

    @Test
    void goesOnWithItsLogWhereTheLastReadEnded() {
        HypervisorLog log = hypervisor.log();
        long end = logEnd(log, 0);
        provokeLogLine();
        eventually(() -> !log.read(end).text().isEmpty());
        HypervisorLog.Chunk news = another().log().read(end);
        assertThat(news.first()).isEqualTo(end);
        assertThat(news.text()).startsWith("(XEN) ");
        assertThat(logEnd(log, news.next())).isGreaterThanOrEqualTo(news.next());
    }

    @Test
    void givesTheOldestOfItsLogForAnIndexThatItDoesNotHave() {
        HypervisorLog log = hypervisor.log();
        HypervisorLog.Chunk oldest = log.read(0);
        HypervisorLog.Chunk unknown = log.read(logEnd(log, 0) + 1_000_000);
        assertThat(unknown.first()).isEqualTo(oldest.first());
        assertThat(unknown.text()).startsWith(oldest.text());
    }

    private static long logEnd(HypervisorLog log, long from) {
        HypervisorLog.Chunk chunk = log.read(from);
        while (!chunk.text().isEmpty()) {
            chunk = log.read(chunk.next());
        }
        return chunk.next();
    }

    @Test
    void refusesToReadAnUnmappedRing() {
        int domid = create();
        ConsoleRing ring = hypervisor.consoleRings().map(domid, build(domid).consoleFrame());
        ring.close();
        assertThatThrownBy(() -> ring.read(new byte[10])).isInstanceOf(ProblemException.class);
        ring.close();
    }

    private interface OnConsole {
        void accept(int port, ConsoleRing ring);
    }

    private void onConsole(OnConsole action) {
        int domid = create();
        BuiltDomain built = build(domid);
        try (ConsoleRing ring = hypervisor.consoleRings().map(domid, built.consoleFrame())) {
            int port = events.bind(domid, built.consolePort());
            domains.unpause(domid);
            action.accept(port, ring);
        }
    }

    private void type(int port, ConsoleRing ring, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        // Byte by byte: boot loaders poll slowly and have small buffers.
        for (int i = 0; i < bytes.length; ) {
            i += ring.write(bytes, i, 1);
            events.notify(port);
        }
    }

    /** Drains as the daemon does: take, notify, look again, unmask, await. */
    private void untilPrinted(int port, ConsoleRing ring, String wanted) {
        long deadline = System.nanoTime() + patience().toNanos();
        StringBuilder printed = new StringBuilder();
        Consumer<byte[]> drain = buffer -> {
            for (int n = ring.read(buffer); n > 0; n = ring.read(buffer)) {
                printed.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                events.notify(port);
            }
        };
        while (printed.indexOf(wanted) < 0) {
            assertThat(System.nanoTime()).as("%s in %s", wanted, printed).isLessThan(deadline);
            drain.accept(new byte[4096]);
            events.unmask(List.of(port));
            if (printed.indexOf(wanted) < 0) {
                events.await(100);
            }
        }
    }
}
