package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.image.BootFile;
import dev.xcs.image.KernelImage;
import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real libxenctrl and libxenguest of Debian 12, without a hypervisor. Skipped where they are not installed. */
class GuestLibraryTest {
    private static final XenVersion VERSION = new XenVersion(4, 17, "");
    private static final XenLayout LAYOUT = XenLayout.of(VERSION);
    private static final Path LIBRARY_DIRECTORY = Path.of("/usr/lib/x86_64-linux-gnu");

    @TempDir
    Path directory;

    private XenLibraries libraries;

    @BeforeEach
    void loadLibraries() {
        assumeTrue(
                Files.exists(LIBRARY_DIRECTORY.resolve("libxenguest.so.4.17")),
                "libxenguest.so.4.17 is not installed (Debian: xen-utils-4.17)");
        libraries = XenLibraries.load(VERSION);
    }

    @Test
    void hasTheLayoutOfItsVersion() {
        LayoutSelfCheck.run(libraries, LAYOUT.domImage());
    }

    @Test
    void isToldFromALibraryOfAnotherVersion() {
        DomImageLayout other = XenLayout.of(new XenVersion(4, 20, "")).domImage();

        assertThatThrownBy(() -> LayoutSelfCheck.run(libraries, other))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("alloc_malloc holds 2584, expected 2616");
    }

    @Test
    void namesALibraryThatIsNotThere() {
        Problem problem = catchThrowableOfType(
                        ProblemException.class, () -> XenLibraries.load(new XenVersion(4, 14, "")))
                .problem();

        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.argument()).isEqualTo("libxenctrl.so.4.14");
        assertThat(problem.cause()).contains("not installed");
    }

    @Test
    void unpacksARealKernel() throws IOException {
        Path elf = directory.resolve("elf");
        try (BootFile kernel = BootFile.open("kernel", realKernel().toString());
                FileChannel into = FileChannel.open(elf, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            new GuestLibraryUnpacker(libraries, LAYOUT.domImage()).unpack(kernel, into);
        }

        assertThat(Files.size(elf)).isGreaterThan(Files.size(realKernel()));
        assertThat(KernelImage.inspect(elf.toString()).format()).isEqualTo(KernelImage.Format.ELF);
    }

    @Test
    void keepsACachedKernelMapped() throws IOException {
        try (KernelLoader loader = new KernelLoader(libraries.libc(), unpacker());
                KernelCache.Lease lease = lease(realKernel(), CacheWriter.of(unpacker()))) {
            BuildOrder order = order(lease.kernel());
            NativeBytes first = loader.kernel(order);
            NativeBytes second = loader.kernel(order);
            assertThat(first.address().getInt(0)).as("ELF magic").isEqualTo(0x464c457f);
            assertThat(second.size()).isEqualTo(first.size());
            first.close();
            second.close();
            try (NativeBytes third = loader.kernel(order)) {
                assertThat(third.address()).as("still mapped").isEqualTo(first.address());
            }
        }
    }

    @Test
    void readsTheNotesOfARealKernelWithAndWithoutACache() throws IOException {
        String kernel = realKernel().toString();
        PhysInfo host = new PhysInfo(1, 1, 1, 0x30b, 1, 1);
        KernelCache cache = KernelCache.open(directory.resolve("cache"), 1L << 30, CacheWriter.of(unpacker()));
        try (Builder builder = LibraryBuilder.open(libraries, VERSION, LAYOUT, host)) {
            assertThat(new XenKernels(builder, cache).bootable(kernel))
                    .isEqualTo(new XenKernels(builder, null).bootable(kernel))
                    .containsExactlyInAnyOrder(DomainType.PV, DomainType.PVH);
            XenNotes notes = builder.notes(kernel);
            assertThat(notes.guestOs()).isEqualTo("linux");
            assertThat(notes.searchesRsdp()).isFalse();
            assertThat(cache.counts().misses()).isEqualTo(1);
        }
    }

    @Test
    void unmapsAKernelWhenNobodyUsesItAnyMore() throws IOException {
        KernelLoader loader = new KernelLoader(libraries.libc(), unpacker());
        NativeBytes one = loader.kernel(order(cached("one")));
        NativeBytes two = loader.kernel(order(cached("two")));

        assertThat(mapped()).as("both are in use").isEqualTo(2);
        one.close();
        assertThat(mapped()).as("the second took the first one's place").isEqualTo(1);
        Files.delete(directory.resolve("two"));
        assertThat(two.address().getInt(0)).as("a file that was dropped").isZero();
        two.close();
        assertThat(mapped()).as("the last one stays").isEqualTo(1);
        loader.close();
        assertThat(mapped()).isZero();
    }

    private UnpackedKernel cached(String name) throws IOException {
        return new UnpackedKernel(Files.write(directory.resolve(name), new byte[8192]), 8192, 1);
    }

    private static BuildOrder order(UnpackedKernel kernel) {
        return new BuildOrder(new BuildRequest(1, DomainType.PV, 64, 1, "/kernel", List.of(), null), kernel);
    }

    private KernelCache.Lease lease(Path kernel, CacheWriter writer) throws IOException {
        try (BootFile file = BootFile.open("kernel", kernel.toString())) {
            return KernelCache.open(directory.resolve("cache"), 1L << 30, writer)
                    .lease(file)
                    .orElseThrow();
        }
    }

    private long mapped() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(directory.toString())).count();
        }
    }

    @Test
    void saysWhyAnElfIsNoKernel() throws IOException {
        String elf = Files.write(directory.resolve("elf"), plainElf()).toString();

        Problem problem =
                catchThrowableOfType(ProblemException.class, () -> parse(elf)).problem();

        assertThat(problem.type()).isEqualTo(ProblemType.BAD_IMAGE);
        assertThat(problem.field()).isEqualTo("kernel");
        assertThat(problem.call()).isEqualTo("xc_dom_parse_image");
        assertThat(problem.argument()).isEqualTo(elf);
        assertThat(problem.detail()).contains("no loader found");
        assertThat(problem.cause()).contains("libxenguest: ");
    }

    @Test
    void keepsQuietAboutAFailureWhenItsLogIsEmpty() {
        try (XenInterface xc = XenInterface.openDummy(libraries)) {
            assertThat(xc.log()).isEmpty();
            assertThat(xc.lastError()).isEqualTo(new BuildError(0, ""));
        }
    }

    @Test
    void keepsTheErrnoOfAFailedCall() {
        assertThat(libraries.libc().open("/nonexistent/file", LibC.O_RDONLY)).isEqualTo(-1);

        Problem problem = CallFailure.last("open", "/nonexistent/file").problem();

        assertThat(problem.errno()).isEqualTo(2);
        assertThat(problem.detail())
                .isEqualTo("open(/nonexistent/file) failed with ENOENT (2): No such file or directory");
    }

    private GuestLibraryUnpacker unpacker() {
        return new GuestLibraryUnpacker(libraries, LAYOUT.domImage());
    }

    private void parse(String path) {
        try (BootFile file = BootFile.open("kernel", path);
                NativeBytes kernel = NativeBytes.copyOf(file);
                XenInterface xc = XenInterface.openDummy(libraries);
                DomImage image = DomImage.allocate(xc, LAYOUT.domImage(), "quiet")) {
            image.pretend(1, "xen-3.0-x86_64 ");
            image.kernel(kernel);
            image.parse(path);
        }
    }

    /** Sane headers, but nothing that Xen could start: no notes. */
    private static byte[] plainElf() {
        ByteBuffer elf = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
        elf.putLong(32, 64).putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        elf.putInt(64, 1).putLong(64 + 32, 4096).putLong(64 + 40, 4096);
        return elf.array();
    }

    /** A kernel named by the property or found where distributions put them. */
    private static Path realKernel() throws IOException {
        String named = System.getProperty("xcs.test.kernel", System.getenv("XCS_TEST_KERNEL"));
        Optional<Path> kernel = named != null ? Optional.of(Path.of(named)) : installedKernel();
        assumeTrue(kernel.isPresent(), "no kernel in /boot and none named by XCS_TEST_KERNEL");
        return kernel.orElseThrow();
    }

    private static Optional<Path> installedKernel() throws IOException {
        Path boot = Path.of("/boot");
        if (!Files.isDirectory(boot)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(boot)) {
            return files.filter(file -> file.getFileName().toString().startsWith("vmlinuz"))
                    .filter(Files::isReadable)
                    .findFirst();
        }
    }
}
