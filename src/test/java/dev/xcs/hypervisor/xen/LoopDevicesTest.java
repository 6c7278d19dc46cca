package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.hypervisor.BlockDevices.Loop;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loop devices of this machine. */
class LoopDevicesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final LinuxBlockDevices devices = new LinuxBlockDevices(MadeUpSystem.libc(), Path.of("/"));
    private Path file;

    @BeforeEach
    void aFileOfOneMegabyte() throws IOException {
        assumeTrue(
                Files.isWritable(Path.of("/dev/loop-control")) && "root".equals(System.getProperty("user.name")),
                "needs root and /dev/loop-control");
        file = size("disk, \"one\"\n", 1 << 20).toRealPath();
    }

    @AfterEach
    void close() throws Exception {
        devices.close();
        LinuxBlockDevices after = new LinuxBlockDevices(MadeUpSystem.libc(), Path.of("/"));
        Await.until(
                "no loop device is left",
                SOON,
                () -> after.loops().stream().noneMatch(loop -> loop.file().startsWith(directory.toString())));
        after.close();
    }

    private Path size(String name, long bytes) throws IOException {
        Path made = directory.resolve(name);
        try (RandomAccessFile grown = new RandomAccessFile(made.toFile(), "rw")) {
            grown.setLength(bytes);
        }
        return made;
    }

    private boolean inUse(DeviceNumber device) {
        return devices.loops().stream().map(Loop::number).anyMatch(device::equals);
    }

    @Test
    void attachesAFileAndLetsGoOfIt() throws Exception {
        AttachedDevice loop = devices.attachLoop(file.toString(), false);

        assertThat(loop.sizeBytes()).isEqualTo(1 << 20);
        assertThat(loop.readOnly()).isFalse();
        assertThat(devices.loops()).contains(new Loop(loop.number(), file.toString(), true));
        Files.write(Path.of(loop.path()), new byte[] {1, 2, 3});
        devices.letGo(loop.number());
        Await.until("the loop device is gone", SOON, () -> !inUse(loop.number()));
        assertThat(Files.readAllBytes(file)).startsWith(1, 2, 3);
    }

    @Test
    void usesDirectIoWhereTheFileSystemCan() throws IOException {
        AttachedDevice loop = devices.attachLoop(file.toString(), false);

        Path dio = Path.of("/sys/dev/block/" + loop.number() + "/loop/dio");
        String expected = Files.getFileStore(file).type().equals("ext4")
                ? "1"
                : Files.readString(dio).strip();
        assertThat(Files.readString(dio)).isEqualToIgnoringNewLines(expected);
        assertThat(devices.examine(loop.path()).sectorBytes()).isEqualTo(512);
    }

    @Test
    void attachesReadOnly() {
        AttachedDevice loop = devices.attachLoop(file.toString(), true);

        assertThat(loop.readOnly()).isTrue();
        assertThat(devices.examine(loop.path()).readOnly()).isTrue();
        assertThat(catchThrowableOfType(IOException.class, () -> Files.write(Path.of(loop.path()), new byte[512])))
                .isNotNull();
    }

    @Test
    void aLoopDeviceOverlapsItsFile() {
        AttachedDevice loop = devices.attachLoop(file.toString(), false);

        Backing device = devices.examine(loop.path());
        Backing backing = devices.examine(file.toString());
        assertThat(device.device()).isEqualTo(loop.number());
        assertThat(device.uses()).isEmpty();
        assertThat(device.extents()).hasSize(2);
        assertThat(device.extents())
                .anyMatch(extent -> extent.overlaps(backing.extents().get(0)));
        assertThat(backing.uses()).containsExactly("loop device " + loop.path());
        assertThat(devices.examine(loop.number())).contains(device);
    }

    @Test
    void growsAndShrinksWithTheFile() throws IOException {
        AttachedDevice loop = devices.attachLoop(file.toString(), false);

        size("disk, \"one\"\n", 3 << 20);
        assertThat(devices.refreshSize(loop.number())).isEqualTo(3 << 20);
        size("disk, \"one\"\n", 1 << 19);
        assertThat(devices.refreshSize(loop.number())).isEqualTo(1 << 19);
        assertThat(devices.examine(loop.path()).sizeBytes()).isEqualTo(1 << 19);
    }

    @Test
    void anotherHoldKeepsTheDevice() throws Exception {
        AttachedDevice loop = devices.attachLoop(file.toString(), false);
        try (LinuxBlockDevices later = new LinuxBlockDevices(MadeUpSystem.libc(), Path.of("/"))) {
            later.hold(loop.number());
            later.hold(loop.number());
            devices.letGo(loop.number());
            devices.letGo(loop.number());

            assertThat(inUse(loop.number())).isTrue();
            later.letGo(loop.number());
            Await.until("the loop device is gone", SOON, () -> !inUse(loop.number()));
            later.hold(loop.number());
            assertThat(inUse(loop.number())).isFalse();
        }
    }

    @Test
    void manyAtOnceGetDevicesOfTheirOwn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<AttachedDevice>> tasks = IntStream.range(0, 12)
                    .<Callable<AttachedDevice>>mapToObj(n ->
                            () -> devices.attachLoop(size("many" + n, 4096).toString(), false))
                    .toList();
            Set<DeviceNumber> numbers = new HashSet<>();
            for (Future<AttachedDevice> done : threads.invokeAll(tasks)) {
                numbers.add(done.get().number());
            }
            assertThat(numbers).hasSize(12);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void refusesWhatIsNoFile() {
        ProblemException refused =
                catchThrowableOfType(ProblemException.class, () -> devices.attachLoop(directory.toString(), false));

        assertThat(refused.problem().type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(devices.loops()).noneMatch(loop -> loop.file().startsWith(directory.toString()));
    }

    @Test
    void asksADeviceItselfForItsSize() {
        AttachedDevice loop = devices.attachLoop(file.toString(), false);
        AttachedDevice upon = attachedUpon(loop);

        assertThat(devices.examine(upon.path()).extents()).hasSize(3);
        assertThat(devices.examine(loop.path()).uses()).containsExactly("loop device " + upon.path());
    }

    /** A loop device made of a block device, as losetup makes it. */
    private AttachedDevice attachedUpon(AttachedDevice loop) {
        LoopControl control = new LoopControl(new BlockCalls(MadeUpSystem.libc()));
        LoopControl.Attached upon = control.attach(loop.path(), true);
        Backing found = devices.examine(upon.path());
        devices.hold(Objects.requireNonNull(found.device()));
        new BlockCalls(MadeUpSystem.libc()).close(upon.fd());
        return new AttachedDevice(upon.path(), found.device(), found.sizeBytes(), true);
    }
}
