package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.netbsd.CommandRunner;
import dev.xcs.hypervisor.netbsd.MediaSize;
import dev.xcs.hypervisor.netbsd.NetbsdBlockDevices;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapter for NetBSD against the simulated dom0's programs. */
class NetbsdBlockDevicesTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path dir;

    private SimDisks disks;
    private NetbsdDiskPrograms programs;
    private NetbsdBlockDevices devices;
    private final List<String> ran = new CopyOnWriteArrayList<>();

    @BeforeEach
    void boot() throws IOException {
        Path own = Files.createDirectory(dir.resolve("sim-devices"));
        disks = new SimDisks(own);
        programs = new NetbsdDiskPrograms(disks);
        devices = open();
    }

    private NetbsdBlockDevices open() {
        CommandRunner noting = (command, patience) -> {
            ran.add(String.join(" ", command));
            return programs.run(command, patience);
        };
        return new NetbsdBlockDevices(noting, programs, dir.resolve("run"));
    }

    @AfterEach
    void halt() {
        devices.close();
        disks.close();
    }

    private Path file(String name, long bytes) throws IOException {
        Path file = dir.resolve(name);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(bytes);
        }
        return file;
    }

    private Problem refused(Runnable call) {
        return catchThrowableOfType(ProblemException.class, call::run).problem();
    }

    private long vnodes() {
        return devices.loops().size();
    }

    @Test
    void looksAtAFile() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), file("with space.img", 3 * MIB));

        Backing found = devices.examine(link.toString());

        assertThat(found.kind()).isEqualTo(Backing.Kind.FILE);
        assertThat(found.path())
                .isEqualTo(dir.toRealPath().resolve("with space.img").toString());
        assertThat(found.sizeBytes()).isEqualTo(3 * MIB);
        assertThat(found.readOnly()).isFalse();
        assertThat(found.uses()).isEmpty();
    }

    @Test
    void refusesPathsByName() {
        assertThat(refused(() -> devices.examine(dir + "/none")).detail())
                .contains("none\", expected something that exists");
        assertThat(refused(() -> devices.examine("-f")).detail()).isEqualTo("\"-f\", expected an absolute path");
        assertThat(refused(() -> devices.attachLoop(dir.toString(), false)).detail())
                .contains("expected a file");
        assertThat(devices.examine(dir.toString()).kind()).isEqualTo(Backing.Kind.DIRECTORY);
    }

    @Test
    void makesAVnodeDiskOfAFileUntilNobodyHasIt() throws Exception {
        Path file = file("disk.img", MIB);

        AttachedDevice attached = devices.attachLoop(file.toString(), false);

        assertThat(attached.path()).isEqualTo("/dev/vnd0d");
        assertThat(attached.number()).isEqualTo(new DeviceNumber(14, 3));
        assertThat(attached.sizeBytes()).isEqualTo(MIB);
        assertThat(ran).contains("vndconfig -c vnd0 " + file);
        assertThat(devices.examine(file.toString()).uses()).containsExactly("loop device /dev/vnd0d");
        Backing seen = devices.examine(attached.number()).orElseThrow();
        assertThat(seen.path()).isEqualTo("/dev/vnd0d");
        assertThat(seen.extents()).isEqualTo(devices.examine(file.toString()).extents());
        assertThat(devices.loops()).extracting(loop -> loop.file()).containsExactly(file.toString());

        // The back-end has it open by now.
        OpenDisk opened = disks.open(attached.number(), true);
        devices.letGo(attached.number());
        assertThat(vnodes()).isEqualTo(1);
        opened.close();

        Await.until("it is unconfigured", Duration.ofSeconds(20), () -> vnodes() == 0);
        assertThat(devices.examine(attached.number())).isEmpty();
    }

    @Test
    void findsTheDisksOfAnEarlierRun() throws Exception {
        Path file = file("disk.img", MIB);
        AttachedDevice attached = devices.attachLoop(file.toString(), true);
        try (OpenDisk opened = disks.open(attached.number(), false)) {
            assertThat(opened.readOnly()).isTrue();
            devices.close();
            devices = open();

            devices.hold(attached.number());

            Backing seen = devices.examine(attached.number()).orElseThrow();
            assertThat(seen.readOnly()).isTrue();
            assertThat(seen.sizeBytes()).isEqualTo(MIB);
        }
        assertThat(vnodes()).isEqualTo(1);
        devices.letGo(attached.number());
        assertThat(vnodes()).isZero();
    }

    @Test
    void leavesTheVnodeDisksOfOthersAlone() throws Exception {
        Path file = file("theirs.img", MIB);
        programs.run(List.of("vndconfig", "-c", "vnd0", file.toString()), Duration.ZERO);

        AttachedDevice mine = devices.attachLoop(file("mine.img", MIB).toString(), false);
        devices.letGo(new DeviceNumber(14, 3));
        devices.letGo(mine.number());

        assertThat(mine.path()).isEqualTo("/dev/vnd1d");
        assertThat(vnodes()).isEqualTo(1);
        assertThat(devices.loops().get(0).autoclear()).isFalse();
    }

    @Test
    void saysWhenThereIsNoVnodeDiskLeft() throws Exception {
        for (int i = 0; i < VnodeTable.UNITS; i++) {
            devices.attachLoop(file(i + ".img", MIB).toString(), false);
        }

        Problem problem = refused(() -> devices.attachLoop(dir.resolve("0.img").toString(), false));

        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.detail()).isEqualTo("all 16 vnode disks are in use");
        assertThat(problem.cause()).contains("MAKEDEV vnd16");
    }

    @Test
    void asksADeviceForItsSize() throws IOException {
        Files.write(dir.resolve("sim-devices/vol"), new byte[2 * MIB]);

        Backing found = devices.examine("/dev/sim/vol");

        assertThat(found.kind()).isEqualTo(Backing.Kind.BLOCK_DEVICE);
        assertThat(found.sizeBytes()).isEqualTo(2 * MIB);
        assertThat(devices.refreshSize(new DeviceNumber(240, 0))).isEqualTo(2 * MIB);
    }

    @Test
    void readsTheDisklabelWhereTheDriverDoesNotTell() throws IOException {
        Files.write(dir.resolve("sim-devices/wd1d"), new byte[2 * MIB]);
        Files.writeString(
                dir.resolve("sim-devices/.table"),
                "wd1e disk=wd1d start=65536 bytes=1048576 mounted=/srv\nwd1f disk=wd1d start=0 bytes=0\n");

        Backing whole = devices.examine("/dev/sim/wd1d");
        Backing part = devices.examine("/dev/sim/wd1e");

        assertThat(ran).contains("disklabel /dev/sim/rwd1d");
        assertThat(whole.sizeBytes()).isEqualTo(2 * MIB);
        assertThat(part.sizeBytes()).isEqualTo(MIB);
        assertThat(part.uses()).containsExactly("mounted at /srv");
        assertThat(whole.uses()).containsExactly("mounted at /srv (/dev/sim/wd1e)");
        assertThat(part.extents()).extracting(Extent::start).containsExactly(65536L);
        assertThat(refused(() -> devices.examine("/dev/sim/wd1f")).detail())
                .isEqualTo("/dev/sim/rwd1d partition f: its size is 0");
    }

    @Test
    void refusesSizesThatCannotBe() throws IOException {
        Files.write(dir.resolve("sim-devices/odd"), new byte[1000]);
        Files.write(dir.resolve("sim-devices/none"), new byte[0]);
        Files.write(dir.resolve("sim-devices/mute"), new byte[MIB]);

        assertThat(refused(() -> devices.examine("/dev/sim/odd")).detail())
                .isEqualTo("/dev/sim/odd: its size is 1000, expected a multiple of 512 beyond 0");
        assertThat(refused(() -> devices.examine("/dev/sim/none")).detail()).contains("its size is 0,");
        try (NetbsdBlockDevices silent = new NetbsdBlockDevices(programs, MediaSize.UNKNOWN, dir.resolve("silent"))) {
            assertThat(refused(() -> silent.examine("/dev/sim/mute")).detail())
                    .isEqualTo("/dev/sim/mute: its size cannot be read: neither it nor a disklabel tells");
        }
    }

    @Test
    void refusesWhatNetbsdHasNot() throws IOException {
        AttachedDevice attached = devices.attachLoop(file("disk.img", MIB).toString(), false);

        assertThat(refused(() -> devices.refreshSize(attached.number())).detail())
                .contains("vnode disks do not grow");
        assertThat(refused(devices::freeNbd).type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(devices.nbd(new DeviceNumber(43, 0))).isEmpty();
    }
}
