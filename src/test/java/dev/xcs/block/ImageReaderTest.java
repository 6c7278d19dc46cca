package dev.xcs.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.model.DiskFormat;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageReaderTest {
    private static final Path QEMU_IMG = Path.of("/usr/bin/qemu-img");

    @TempDir
    Path given;

    private final Vertx vertx = Vertx.vertx();
    private final List<Path> admitted = new CopyOnWriteArrayList<>();
    private ImageReader reader;
    private Path directory;

    @BeforeEach
    void aReader() throws IOException {
        directory = given.toRealPath();
        reader = new ImageReader(vertx, QEMU_IMG, Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        BusFixture.await(vertx.close());
    }

    private Path create(String name, String... arguments) throws Exception {
        assumeTrue(Files.isExecutable(QEMU_IMG), "needs qemu-img");
        Path file = directory.resolve(name);
        List<String> line = new ArrayList<>(List.of(QEMU_IMG.toString(), "create", "-q"));
        line.addAll(List.of(arguments));
        line.addAll(List.of("--", file.toString(), "8M"));
        assertThat(new ProcessBuilder(line).inheritIO().start().waitFor()).isZero();
        return file;
    }

    private ImageInfo read(Path file, DiskFormat format) {
        return BusFixture.await(reader.read(file, format, admitted::add));
    }

    private Problem refused(Path file, DiskFormat format, Consumer<Path> admit) {
        return catchThrowableOfType(ProblemException.class, () -> BusFixture.await(reader.read(file, format, admit)))
                .problem();
    }

    private Problem refused(Path file, DiskFormat format) {
        return refused(file, format, admitted::add);
    }

    @Test
    void readsAnImageWhateverItsName() throws Exception {
        Path file = create("a, \"b'\n$(c): d.qcow2", "-f", "qcow2");

        assertThat(read(file, DiskFormat.QCOW2)).isEqualTo(new ImageInfo(8 << 20, "qcow2", List.of(file)));
        assertThat(admitted).containsExactly(file);
    }

    @Test
    void readsAVhd() throws Exception {
        Path file = create("disk.vhd", "-f", "vpc", "-o", "force_size=on");

        assertThat(read(file, DiskFormat.VHD)).isEqualTo(new ImageInfo(8 << 20, "vpc", List.of(file)));
    }

    @Test
    void namesThePartsOfAVmdk() throws Exception {
        Path file = create("disk.vmdk", "-f", "vmdk", "-o", "subformat=twoGbMaxExtentSparse");

        assertThat(read(file, DiskFormat.VMDK))
                .isEqualTo(new ImageInfo(8 << 20, "vmdk", List.of(file, directory.resolve("disk-s001.vmdk"))));
    }

    @Test
    void namesTheDataFile() throws Exception {
        Path data = directory.resolve("data.raw");
        Path file = create("disk.qcow2", "-f", "qcow2", "-o", "data_file=" + data);

        assertThat(read(file, DiskFormat.QCOW2).files()).containsExactly(file, data);
    }

    @Test
    void walksTheChainAsQemuDoes() throws Exception {
        Files.createDirectory(directory.resolve("bases"));
        Path raw = create("raw.img", "-f", "raw");
        Path middle = create("bases/middle.qcow2", "-f", "qcow2", "-u", "-b", "raw.img", "-F", "raw");
        Path link = Files.createSymbolicLink(directory.resolve("link"), middle);
        Path top = create("top.qcow2", "-f", "qcow2", "-b", link.toString(), "-F", "qcow2");

        assertThat(read(top, DiskFormat.QCOW2).files()).containsExactly(top, middle, raw);
        assertThat(admitted).containsExactly(top, middle, raw);
    }

    @Test
    void opensNothingThatIsNotAdmitted() throws Exception {
        Path outside = create("outside.qcow2", "-f", "qcow2");
        Path top = create("top.qcow2", "-f", "qcow2", "-b", outside.toString(), "-F", "qcow2");
        Files.writeString(outside, "no image: opening it would fail in another way");

        Problem problem = refused(top, DiskFormat.QCOW2, file -> {
            if (file.equals(outside)) {
                throw Problem.invalidField("target", file.toString(), "a file in the root")
                        .toException();
            }
        });
        assertThat(problem.type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(problem.detail()).contains("a file in the root");
    }

    @Test
    void refusesAChainThatLeavesTheFileSystem() throws Exception {
        String server = "json:{\"driver\":\"nbd\",\"host\":\"127.0.0.1\",\"port\":\"1\"}";
        Path top = create("top.qcow2", "-f", "qcow2", "-u", "-b", server, "-F", "raw");
        Path url = create("url.qcow2", "-f", "qcow2", "-u", "-b", "nbd://127.0.0.1:1/x", "-F", "raw");

        assertThat(refused(top, DiskFormat.QCOW2).detail()).contains("json:{").contains("which is no file");
        assertThat(refused(url, DiskFormat.QCOW2).detail()).contains("which is no file");
    }

    @Test
    void refusesAChainThatEndsNowhereOrInItself() throws Exception {
        Path top = create("top.qcow2", "-f", "qcow2", "-u", "-b", "gone.qcow2", "-F", "qcow2");

        assertThat(refused(top, DiskFormat.QCOW2).detail())
                .contains("gone.qcow2")
                .contains("cannot be found");
        Files.move(
                create("other.qcow2", "-f", "qcow2", "-u", "-b", "top.qcow2", "-F", "qcow2"),
                directory.resolve("gone.qcow2"));
        assertThat(refused(top, DiskFormat.QCOW2).detail()).contains("based on itself");
    }

    @Test
    void refusesWhatIsNoImage() throws Exception {
        create("any", "-f", "raw");
        Path text = Files.writeString(directory.resolve("text"), "hello");

        for (DiskFormat format : List.of(DiskFormat.QCOW2, DiskFormat.VHD, DiskFormat.VMDK)) {
            Problem problem = refused(text, format);
            assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
            assertThat(problem.detail())
                    .contains("text")
                    .contains("Could not open")
                    .doesNotContain("\n");
        }
    }

    @Test
    void refusesATruncatedImage() throws Exception {
        Path vhd = create("disk.vhd", "-f", "vpc");
        Path vmdk = create("disk.vmdk", "-f", "vmdk");
        Path qcow2 = create("disk.qcow2", "-f", "qcow2");
        for (Path file : List.of(vhd, vmdk, qcow2)) {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(600);
            }
        }

        assertThat(refused(vhd, DiskFormat.VHD).detail()).contains("truncated");
        assertThat(refused(vmdk, DiskFormat.VMDK).type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(refused(qcow2, DiskFormat.QCOW2).detail()).contains("cut short");
    }

    @Test
    void endsACommandThatHangs() throws Exception {
        reader = new ImageReader(vertx, script("sleep 100"), Duration.ofMillis(300));

        assertThat(refused(Files.writeString(directory.resolve("x"), ""), DiskFormat.QCOW2)
                        .type())
                .isEqualTo(ProblemType.TIMEOUT);
        Await.until(
                "the command is gone",
                Duration.ofSeconds(30),
                () -> ProcessHandle.current()
                        .descendants()
                        .noneMatch(
                                child -> child.info().commandLine().orElse("").contains(directory.toString())));
    }

    @Test
    void boundsWhatACommandSays() throws Exception {
        reader = new ImageReader(vertx, script("exec yes"), Duration.ofSeconds(30));

        assertThat(refused(Files.writeString(directory.resolve("x"), ""), DiskFormat.QCOW2)
                        .detail())
                .contains("more than 1048576 bytes");
    }

    @Test
    void refusesAnAnswerThatIsNoJson() throws Exception {
        reader = new ImageReader(vertx, script("echo hello"), Duration.ofSeconds(30));

        assertThat(refused(Files.writeString(directory.resolve("x"), ""), DiskFormat.QCOW2)
                        .detail())
                .contains("no JSON");
    }

    @Test
    void saysThatTheCommandIsMissing() throws Exception {
        reader = new ImageReader(vertx, directory.resolve("no-qemu-img"), Duration.ofSeconds(30));

        Problem problem = refused(Files.writeString(directory.resolve("x"), ""), DiskFormat.QCOW2);
        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.cause()).contains("no-qemu-img").contains("qemu-utils");
    }

    private Path script(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("command"), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }
}
