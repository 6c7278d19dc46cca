package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What dom0 of the simulated host can back disks with. */
class SimBlockDevicesTest {
    @TempDir
    Path dir;

    private SimHost host;
    private Hypervisor hypervisor;
    private BlockDevices devices;

    @BeforeEach
    void switchOn() throws IOException {
        host = SimHost.start(SimHostOptions.defaults(), dir);
        hypervisor = host.hypervisor();
        devices = hypervisor.blockDevices();
        Path simulated = Files.createDirectory(dir.resolve("sim-devices"));
        Files.write(simulated.resolve("data"), new byte[8 << 20]);
        Files.write(simulated.resolve("rom"), new byte[2048]);
        Files.writeString(simulated.resolve(".table"), """
                data1 disk=data start=1048576 bytes=2097152 mounted=/srv
                data2 disk=data start=3145728 bytes=1048576

                rom ro sector=2048
                """);
    }

    @AfterEach
    void switchOff() {
        host.close();
    }

    private static Problem problemOf(Runnable call) {
        return catchThrowableOfType(ProblemException.class, call::run).problem();
    }

    private Path file(String name, int size) throws IOException {
        return Files.write(dir.resolve(name), new byte[size]);
    }

    @Test
    void examinesFilesThroughLinks() throws IOException {
        Path file = file("a.img", 1000);
        Path link = Files.createSymbolicLink(dir.resolve("link"), file);

        Backing backing = devices.examine(link.toString());

        assertThat(backing.path()).isEqualTo(file.toRealPath().toString());
        assertThat(backing.kind()).isEqualTo(Backing.Kind.FILE);
        assertThat(backing.sizeBytes()).isEqualTo(1000);
        assertThat(backing.extents()).isEqualTo(devices.examine(file.toString()).extents());
        Path twin = Files.createLink(dir.resolve("twin"), file);
        assertThat(devices.examine(twin.toString()).extents()).isEqualTo(backing.extents());
        Path other = file("b.img", 1000);
        assertThat(devices.examine(other.toString()).extents()).isNotEqualTo(backing.extents());
    }

    @Test
    void saysWhatIsNoFile() {
        assertThat(devices.examine(dir.toString()).kind()).isEqualTo(Backing.Kind.DIRECTORY);
        assertThat(devices.examine("/dev/null").kind()).isEqualTo(Backing.Kind.CHARACTER_DEVICE);
        assertThat(devices.examine(host.xenstoreSocket().toString()).kind()).isEqualTo(Backing.Kind.SOCKET);
        Problem missing = problemOf(() -> devices.examine(dir + "/no such \"file\""));
        assertThat(missing.type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(missing.field()).isNull();
        assertThat(problemOf(() -> devices.examine("/dev/loop0")).type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(problemOf(() -> devices.examine("/dev/sim/../data")).type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(problemOf(() -> devices.examine("/dev/sim/none")).errno()).isEqualTo(2);
    }

    @Test
    void simulatedDevicesHavePartitionsUsesAndSectors() throws IOException {
        Backing disk = devices.examine("/dev/sim/data");
        assertThat(disk.kind()).isEqualTo(Backing.Kind.BLOCK_DEVICE);
        assertThat(disk.sizeBytes()).isEqualTo(8 << 20);
        assertThat(disk.uses()).containsExactly("mounted at /srv (/dev/sim/data1)");
        Backing mounted = devices.examine("/dev/sim/data1");
        Backing free = devices.examine("/dev/sim/data2");
        assertThat(mounted.uses()).containsExactly("mounted at /srv");
        assertThat(mounted.sizeBytes()).isEqualTo(2 << 20);
        assertThat(free.uses()).isEmpty();
        Extent whole = disk.extents().get(0);
        assertThat(whole.overlaps(mounted.extents().get(0))).isTrue();
        assertThat(mounted.extents().get(0).overlaps(free.extents().get(0))).isFalse();
        Backing rom = devices.examine("/dev/sim/rom");
        assertThat(rom.readOnly()).isTrue();
        assertThat(rom.sectorBytes()).isEqualTo(2048);
        assertThat(devices.examine(rom.device())).contains(rom);
        Path link = Files.createSymbolicLink(dir.resolve("disk"), Path.of("/dev/sim/data"));
        assertThat(devices.examine(link.toString())).isEqualTo(disk);
    }

    @Test
    void numbersDevicesThatNobodyHasLookedAt() {
        assertThat(devices.examine(new DeviceNumber(240, 3)).orElseThrow().path())
                .isEqualTo("/dev/sim/rom");
        assertThat(devices.examine(new DeviceNumber(240, 4))).isEmpty();
        assertThat(devices.examine(new DeviceNumber(8, 0))).isEmpty();
    }

    @Test
    void aLoopDeviceLivesAsLongAsItIsHeld() throws IOException {
        Path file = file("a.img", 1000);
        AttachedDevice loop = devices.attachLoop(file.toString(), true);

        assertThat(loop.sizeBytes()).isEqualTo(512);
        assertThat(loop.readOnly()).isTrue();
        Backing backing = devices.examine(loop.path());
        assertThat(backing.device()).isEqualTo(loop.number());
        assertThat(backing.extents()).isEqualTo(devices.examine(file.toString()).extents());
        assertThat(devices.loops())
                .containsExactly(
                        new BlockDevices.Loop(loop.number(), file.toRealPath().toString(), true));
        try (Hypervisor other = host.hypervisor()) {
            other.blockDevices().hold(loop.number());
            devices.letGo(loop.number());
            assertThat(devices.examine(loop.number())).isPresent();
        }
        assertThat(devices.loops()).isEmpty();
        devices.letGo(loop.number());
        devices.hold(loop.number());
        assertThat(devices.examine(loop.number())).isEmpty();
    }

    @Test
    void aProcessThatEndsLetsGoOfItsLoopDevices() throws IOException {
        Hypervisor other = host.hypervisor();
        String file = file("a.img", 4096).toString();
        DeviceNumber gone = other.blockDevices().attachLoop(file, false).number();
        DeviceNumber kept = devices.attachLoop(file, false).number();

        other.close();

        assertThat(devices.examine(gone)).isEmpty();
        assertThat(devices.examine(kept)).isPresent();
    }

    @Test
    void aLoopDeviceHasItsNewSizeWhenAsked() throws IOException {
        DeviceNumber loop =
                devices.attachLoop(file("a.img", 4096).toString(), false).number();
        file("a.img", 8192);
        assertThat(devices.examine(loop).orElseThrow().sizeBytes()).isEqualTo(4096);

        assertThat(devices.refreshSize(loop)).isEqualTo(8192);

        assertThat(devices.examine(loop).orElseThrow().sizeBytes()).isEqualTo(8192);
        assertThat(problemOf(() -> devices.refreshSize(new DeviceNumber(7, 9))).errno())
                .isEqualTo(6);
    }

    @Test
    void refusesLoopDevicesOfWhatIsNoFileAndWhenThereIsNone() throws IOException {
        assertThat(problemOf(() -> devices.attachLoop(dir.toString(), false)).errno())
                .isEqualTo(22);
        host.faults().arm(Fault.LOOP_FAILS, 1);
        String file = file("a.img", 4096).toString();
        assertThat(problemOf(() -> devices.attachLoop(file, false)).errno()).isEqualTo(28);
        assertThat(devices.loops()).isEmpty();
        assertThat(devices.attachLoop(file, false).path()).isEqualTo("/dev/loop0");
    }

    @Test
    void opensRawImagesOnly() {
        Problem problem = problemOf(devices::freeNbd);
        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.detail()).contains("raw images only");
        assertThat(devices.nbd(new DeviceNumber(43, 0))).isEmpty();
    }
}
