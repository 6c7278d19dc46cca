package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulated host as a whole: dom0's nodes, foreign domains, kernels from files, memory, many guests. */
class SimHostTest {
    @TempDir
    Path dir;

    private SimHost host;
    private Hypervisor hypervisor;

    @BeforeEach
    void switchOn() {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(10)), dir);
        hypervisor = host.hypervisor();
    }

    @AfterEach
    void switchOff() {
        host.close();
    }

    private String node(String path) {
        return host.store().read(0, path).orElse("(none)");
    }

    private Problem buildProblem(String kernel, String cmdline) {
        int domid = hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1);
        BuildRequest request = new BuildRequest(domid, DomainType.PV, 64, 1, kernel, List.of(), cmdline);
        return catchThrowableOfType(
                        ProblemException.class, () -> hypervisor.domains().build(request))
                .problem();
    }

    @Test
    void saysThatItIsSimulated() {
        assertThat(hypervisor.host().simulated()).isTrue();
        assertThat(hypervisor.host().cpus()).isEqualTo(8);
        assertThat(hypervisor.host().totalMemoryKib()).isEqualTo(16384 * 1024L);
    }

    @Test
    void hasTheNodesOfDom0() {
        assertThat(node("/local/domain/0/name")).isEqualTo("Domain-0");
        assertThat(node("/local/domain/0/domid")).isEqualTo("0");
        assertThat(node("/local/domain/0/memory/target")).isEqualTo("2097152");
        assertThat(node("/tool/xenstored")).isEmpty();
        assertThat(hypervisor.domains().list()).extracting(DomainInfo::domid).containsExactly(0);
    }

    @Test
    void findsAShortPlaceForItsSocket() {
        Path deep = dir.resolve("x".repeat(120));
        try (SimHost other = SimHost.start(SimHostOptions.defaults(), deep)) {
            assertThat(other.xenstoreSocket().toString()).hasSizeLessThan(104);
            assertThat(Files.exists(other.xenstoreSocket())).isTrue();
            new StoreClient(other.xenstoreSocket()).close();
        }
    }

    @Test
    void leavesNoSocketBehind() {
        assertThat(host.xenstoreSocket()).exists();
        host.close();
        assertThat(host.xenstoreSocket()).doesNotExist();
    }

    @Test
    void refusesOptionsThatCannotBe() {
        SimHostOptions good = SimHostOptions.defaults();
        assertThat(catchThrowableOfType(ProblemException.class, () -> good.withMemoryMib(100))
                        .problem()
                        .field())
                .isEqualTo("memoryMib");
        assertThat(catchThrowableOfType(ProblemException.class, () -> good.withMemoryMib(2100))
                        .problem()
                        .field())
                .isEqualTo("dom0MemoryMib");
        assertThat(catchThrowableOfType(ProblemException.class, () -> SimHost.start(good.withFaults("NOPE"), dir))
                        .problem()
                        .field())
                .isEqualTo("faults");
    }

    @Test
    void makesDomainsAsXlDoes() throws Exception {
        ForeignDomain foreign = host.createForeign("theirs");
        assertThat(node("/local/domain/" + foreign.domid() + "/name")).isEqualTo("theirs");
        assertThat(node("/local/domain/" + foreign.domid() + "/console/type")).isEqualTo("xenconsoled");
        assertThat(hypervisor.domains().find(foreign.domid()).orElseThrow().handle())
                .isEqualTo(foreign.uuid());
        String features = "/local/domain/" + foreign.domid() + "/control/feature-poweroff";
        Await.until("it is up", TestGuest.PATIENCE, () -> node(features).equals("1"));
    }

    @Test
    void keepsOthersAwayFromTheConsoleOfAForeignDomain() {
        ForeignDomain foreign = host.createForeign("theirs");
        int port = Integer.parseInt(node("/local/domain/" + foreign.domid() + "/console/port"));
        Problem problem = catchThrowableOfType(
                        ProblemException.class, () -> hypervisor.eventChannels().bind(foreign.domid(), port))
                .problem();
        assertThat(problem.errno()).isEqualTo(22);
    }

    @Test
    void cleansAForeignDomainUpThatShutsDown() throws Exception {
        ForeignDomain foreign = host.createForeign("theirs", "sim:linux", 64, "sim.run=poweroff sim.shutdown-delay=0");
        Await.until(
                "it is gone",
                TestGuest.PATIENCE,
                () -> hypervisor.domains().find(foreign.domid()).isEmpty());
        assertThat(host.store().list(0, "/local/domain")).containsExactly("0");
    }

    @Test
    void letsGoOfAForeignDomainThatIsDestroyed() throws Exception {
        ForeignDomain foreign = host.createForeign("theirs");
        hypervisor.domains().destroy(foreign.domid());
        Await.until(
                "it is gone",
                TestGuest.PATIENCE,
                () -> hypervisor.domains().find(foreign.domid()).isEmpty());
        assertThat(host.createForeign("again").domid()).isGreaterThan(foreign.domid());
    }

    @Test
    void namesTheKernelsItKnows() {
        Problem problem = buildProblem("sim:plan9", "");
        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.field()).isEqualTo("kernel");
        assertThat(problem.detail()).contains("sim:plan9", "sim:linux", "sim:netbsd");
    }

    @Test
    void namesTheOptionsItKnows() {
        Problem problem = buildProblem("sim:linux", "quiet sim.explode");
        assertThat(problem.field()).isEqualTo("cmdline");
        assertThat(problem.detail()).contains("sim.explode", "sim.reboot-loop");
    }

    @Test
    void refusesAnElfThatIsNotForXen() throws Exception {
        Path program = Files.write(dir.resolve("program"), elf("no notes in here"));
        assertThat(buildProblem(program.toString(), "")).satisfies(problem -> {
            assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
            assertThat(problem.detail()).contains("program", "Xen notes");
        });
    }

    @Test
    void refusesATruncatedElf() throws Exception {
        byte[] whole = elf("__xen_guest");
        Path truncated = Files.write(dir.resolve("half"), java.util.Arrays.copyOf(whole, 90));
        assertThat(buildProblem(truncated.toString(), "").type()).isEqualTo(ProblemType.BAD_IMAGE);
    }

    @Test
    void bootsAFileThatLooksLikeAKernel() throws Exception {
        Path kernel = Files.write(dir.resolve("vmlinux"), elf("....__xen_guest"));
        try (TestGuest guest = TestGuest.booted(host, kernel.toString(), "")) {
            guest.untilPrinted("Linux version").untilPrinted("# ");
        }
    }

    /** An ELF of 64 bits for x86 with one segment, in which the text stands. */
    private static byte[] elf(String text) {
        byte[] segment = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer elf = ByteBuffer.allocate(120 + segment.length + 64).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(32, 64).putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putInt(64, 1).putLong(72, 120).putLong(96, segment.length).putLong(104, segment.length);
        elf.put(120, segment);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(elf.array());
        return out.toByteArray();
    }

    @Test
    void losesNoMemoryWhateverIsDone() {
        long before = hypervisor.host().freeMemoryKib();
        Random random = new Random(4711);
        List<Integer> domids = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            if (domids.size() < 20 && random.nextBoolean()) {
                int domid = hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1);
                domids.add(domid);
                if (random.nextBoolean()) {
                    build(domid, 16 + random.nextInt(100));
                }
            } else if (!domids.isEmpty()) {
                hypervisor.domains().destroy(domids.remove(random.nextInt(domids.size())));
            }
        }
        domids.forEach(domid -> hypervisor.domains().destroy(domid));
        assertThat(hypervisor.host().freeMemoryKib()).isEqualTo(before);
        assertThat(hypervisor.domains().list()).hasSize(1);
    }

    private BuiltDomain build(int domid, int mib) {
        return hypervisor.domains().build(new BuildRequest(domid, DomainType.PV, mib, 1, "sim:linux", List.of(), null));
    }

    @Test
    void reusesADomidOnlyWhenAllOthersWereUsed() {
        int first = hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1);
        hypervisor.domains().destroy(first);
        int next = first;
        for (int i = 0; i < DomainTable.FIRST_RESERVED - 2; i++) {
            next = hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1);
            assertThat(next).isNotEqualTo(first);
            hypervisor.domains().destroy(next);
        }
        assertThat(hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1))
                .isEqualTo(first);
    }

    @Test
    void runsAThousandGuestsOnAHandfulOfThreads() throws Exception {
        int threads = Thread.activeCount();
        List<Integer> domids = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int domid = hypervisor.domains().create(UUID.randomUUID(), DomainType.PV, 1);
            build(domid, 8);
            hypervisor.domains().unpause(domid);
            domids.add(domid);
        }
        Await.until(
                "all are idle",
                Duration.ofSeconds(30),
                () -> hypervisor.domains().list().stream().noneMatch(info -> info.domid() > 0 && info.cpuNanos() == 0));
        assertThat(Thread.activeCount()).isLessThan(threads + 10);
        domids.forEach(domid -> hypervisor.domains().destroy(domid));
        assertThat(hypervisor.domains().list()).hasSize(1);
    }
}
