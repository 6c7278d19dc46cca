package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.ShutdownReason;
import dev.xcs.testing.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks of simulated guests: the handshake with the simulated blkback, and bytes through the ring. */
class SimDiskTest {
    private static final int XVDA = 51712;
    private static final int XVDB = 51728;
    private static final int MIB = 1 << 20;

    @TempDir
    Path dir;

    private SimHost host;
    private Hypervisor hypervisor;
    private BlockDevices devices;

    @BeforeEach
    void switchOn() {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(10)), dir);
        hypervisor = host.hypervisor();
        devices = hypervisor.blockDevices();
    }

    @AfterEach
    void switchOff() {
        host.close();
    }

    private Path image(String name, byte[] content, int size) throws IOException {
        Path file = dir.resolve(name);
        Files.write(file, content);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(size);
        }
        return file;
    }

    private Path image(String name) throws IOException {
        return image(name, "DISK-HELLO\n".getBytes(StandardCharsets.ISO_8859_1), MIB);
    }

    private DeviceNumber loop(Path file) {
        return devices.attachLoop(file.toString(), false).number();
    }

    private static String text(Path file, int offset, int length) throws IOException {
        return new String(Files.readAllBytes(file), offset, length, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aGuestBootsWithADiskAndReadsIt() throws Exception {
        try (TestGuest guest = TestGuest.booted(host, "sim:linux", "")) {
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop(image("a.img")), "w");
            guest.untilPrinted("login:");
            disk.untilStates("4", "4");

            assertThat(disk.back("sectors")).isEqualTo("2048");
            assertThat(disk.back("sector-size")).isEqualTo("512");
            assertThat(disk.back("info")).isEqualTo("0");
            assertThat(disk.back("feature-flush-cache")).isEqualTo("1");
            assertThat(disk.back("hotplug-status")).isEqualTo("(none)");
            assertThat(disk.front("protocol")).isEqualTo("x86_64-abi");
            assertThat(guest.answer("head -c 64 /dev/xvda")).contains("DISK-HELLO");
            assertThat(guest.answer("lsblk")).contains("xvda").contains("1048576  0 disk");
            assertThat(guest.answer("ls /dev")).contains("xvda");
            assertThat(guest.answer("dmesg")).contains("blkfront: xvda: flush diskcache: enabled");
        }
    }

    @Test
    void everyByteOfALargeDiskComesThroughTheRing() throws Exception {
        byte[] content = new byte[3 * MIB + 512];
        new Random(4).nextBytes(content);
        Path file = image("big.img", content, content.length);
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(file);
            TestDisk.attach(host, guest, XVDA, loop, "w").untilStates("4", "4");

            byte[] sum = MessageDigest.getInstance("MD5").digest(content);
            assertThat(guest.answer("md5sum /dev/xvda"))
                    .startsWith(HexFormat.of().formatHex(sum));
            DiskStatistics statistics =
                    devices.statistics(guest.domid, XVDA, loop).orElseThrow();
            assertThat(statistics.readBytes()).isEqualTo(content.length);
            assertThat(statistics.errors()).isZero();
        }
    }

    @Test
    void whatAGuestWritesIsOnTheDisk() throws Exception {
        Path file = image("w.img");
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(file);
            TestDisk.attach(host, guest, XVDA, loop, "w").untilStates("4", "4");

            // Not at a sector's boundary and over one, so that sectors are read, changed and written.
            guest.answer("write /dev/xvda 1020 GUEST-WAS-HERE");
            guest.answer("sync");

            assertThat(text(file, 1020, 14)).isEqualTo("GUEST-WAS-HERE");
            assertThat(text(file, 0, 10)).isEqualTo("DISK-HELLO");
            assertThat(guest.answer("dd if=/dev/xvda bs=512 skip=1 count=2")).contains("GUEST-WAS-HERE");
            DiskStatistics statistics =
                    devices.statistics(guest.domid, XVDA, loop).orElseThrow();
            assertThat(statistics.writes()).isEqualTo(1);
            assertThat(statistics.writtenBytes()).isEqualTo(1024);
            assertThat(statistics.flushes()).isEqualTo(1);
        }
    }

    @Test
    void discardedSectorsReadAsZeros() throws Exception {
        Path file = image("d.img");
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(file);
            TestDisk.attach(host, guest, XVDA, loop, "w").untilStates("4", "4");

            assertThat(guest.answer("blkdiscard /dev/xvda 0 1048576")).isEmpty();

            assertThat(Files.readAllBytes(file)).isEqualTo(new byte[MIB]);
            assertThat(devices.statistics(guest.domid, XVDA, loop).orElseThrow().discards())
                    .isEqualTo(1);
        }
    }

    @Test
    void aReadOnlyDiskIsWrittenByNobody() throws Exception {
        Path file = image("r.img");
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(file);
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop, "r");
            disk.untilStates("4", "4");

            assertThat(disk.back("info")).isEqualTo("4");
            assertThat(guest.answer("lsblk")).contains("1048576  1 disk");
            assertThat(guest.answer("write /dev/xvda 0 NO")).contains("Operation not permitted");
            assertThat(guest.answer("write -f /dev/xvda 0 NO")).contains("Input/output error");
            assertThat(text(file, 0, 10)).isEqualTo("DISK-HELLO");
            assertThat(devices.statistics(guest.domid, XVDA, loop).orElseThrow().errors())
                    .isEqualTo(1);
        }
    }

    @Test
    void nothingBeyondTheEndOfADiskIsTouched() throws Exception {
        Path file = image("e.img");
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk.attach(host, guest, XVDA, loop(file), "w").untilStates("4", "4");

            assertThat(guest.answer("write -f /dev/xvda 1048570 BEYOND")).isEmpty();
            assertThat(guest.answer("write -f /dev/xvda 1048576 BEYOND")).contains("Input/output error");
            assertThat(Files.size(file)).isEqualTo(MIB);
        }
    }

    @Test
    void disksComeAndGoWhileTheGuestRuns() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk first = TestDisk.attach(host, guest, XVDA, loop(image("1.img")), "w");
            first.untilStates("4", "4");
            for (int round = 0; round < 3; round++) {
                AttachedDevice loop = devices.attachLoop(image("2.img").toString(), false);
                TestDisk second = TestDisk.attach(host, guest, XVDB, loop.number(), "w");
                second.untilStates("4", "4");
                assertThat(guest.answer("head -c 20 xvdb")).contains("DISK-HELLO");
                devices.letGo(loop.number());
                assertThat(devices.examine(loop.path()).sizeBytes()).isEqualTo(MIB);

                second.askToDetach();
                second.untilStates("6", "6");
                Await.until(
                        "the loop device goes",
                        TestGuest.PATIENCE,
                        () -> devices.examine(loop.number()).isEmpty());
                second.remove();

                assertThat(guest.answer("head -c 20 xvdb")).contains("No such file or directory");
            }
            assertThat(guest.answer("head -c 20 xvda")).contains("DISK-HELLO");
            assertThat(first.back("state")).isEqualTo("4");
        }
    }

    @Test
    void aForcedDetachThatIsFollowedByAnAttachMakesANewDisk() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop(image("1.img")), "w");
            disk.untilStates("4", "4");
            disk.remove();
            Path other = image("2.img", "OTHER\n".getBytes(StandardCharsets.ISO_8859_1), 2 * MIB);
            TestDisk.attach(host, guest, XVDA, loop(other), "w").untilStates("4", "4");

            assertThat(guest.answer("head -c 20 xvda")).contains("OTHER");
            assertThat(guest.answer("lsblk")).contains("2097152");
        }
    }

    @Test
    void aDiskThatReturnsBeforeItsEndWasNoticedIsANewOne() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk.attach(host, guest, XVDA, loop(image("1.img")), "w").untilStates("4", "4");
            Path other = image("2.img", "OTHER\n".getBytes(StandardCharsets.ISO_8859_1), 2 * MIB);

            TestDisk.attach(host, guest, XVDA, loop(other), "w").untilStates("4", "4");

            assertThat(guest.answer("head -c 20 xvda")).contains("OTHER");
        }
    }

    @Test
    void aDeadGuestIsAZombieUntilItsBackendDirectoryGoes() throws Exception {
        AttachedDevice loop = devices.attachLoop(image("z.img").toString(), false);
        long free = hypervisor.host().freeMemoryKib();
        TestGuest guest = TestGuest.up(host);
        TestDisk disk = TestDisk.attach(host, guest, XVDA, loop.number(), "w");
        disk.untilStates("4", "4");
        devices.letGo(loop.number());
        guest.close();

        disk.askToDetach();
        host.store().remove(0, disk.frontend);
        DomainInfo zombie = hypervisor.domains().find(guest.domid).orElseThrow();
        assertThat(zombie.dying()).isTrue();
        assertThat(zombie.memoryKib()).isEqualTo(4);
        assertThat(devices.examine(loop.number())).isPresent();
        host.store().remove(0, disk.backend);

        Await.until(
                "the domid goes",
                TestGuest.PATIENCE,
                () -> hypervisor.domains().find(guest.domid).isEmpty());
        Await.until("the loop goes", TestGuest.PATIENCE, () -> devices.loops().isEmpty());
        assertThat(hypervisor.host().freeMemoryKib()).isEqualTo(free);
    }

    @Test
    void aGuestThatGoesDownInGoodOrderLetsGoOfItsDisks() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(image("o.img"));
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop, "w");
            disk.untilStates("4", "4");
            guest.type("poweroff\r").untilEnded(ShutdownReason.POWEROFF);
            disk.untilStates("6", "6");
            assertThat(devices.statistics(guest.domid, XVDA, loop)).isPresent();
            hypervisor.domains().destroy(guest.domid);
        }
        assertThat(devices.loops()).hasSize(1);
    }

    @Test
    void simulatedBlockDevicesBackDisksToo() throws Exception {
        Path simulated = Files.createDirectory(dir.resolve("sim-devices"));
        Files.writeString(simulated.resolve(".table"), "vol1 disk=vol start=1024 bytes=4096\nlocked ro\n");
        Files.write(simulated.resolve("vol"), new byte[8192]);
        Files.write(simulated.resolve("locked"), new byte[8192]);
        DeviceNumber partition = devices.examine("/dev/sim/vol1").device();
        DeviceNumber locked = devices.examine("/dev/sim/locked").device();
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk.attach(host, guest, XVDA, partition, "w").untilStates("4", "4");
            guest.answer("write xvda 0 PARTITION");
            assertThat(guest.answer("head -c 9 xvda")).contains("PARTITION");
            assertThat(guest.answer("write -f xvda 4096 BEYOND")).contains("Input/output error");
            assertThat(text(simulated.resolve("vol"), 1024, 9)).isEqualTo("PARTITION");

            TestDisk refused = TestDisk.attach(host, guest, XVDB, locked, "w");
            Await.until(
                    "the error", TestGuest.PATIENCE, () -> refused.back("state").equals("5"));
            TestDisk.attach(host, guest, XVDB + 16, locked, "r").untilStates("4", "4");
        }
    }

    @Test
    void aGuestSeesTheNewSizeWithoutAReboot() throws Exception {
        Path file = image("g.img");
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(file);
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop, "w");
            disk.untilStates("4", "4");
            image("g.img", new byte[0], 4 * MIB);
            assertThat(disk.back("sectors")).isEqualTo("2048");

            assertThat(devices.refreshSize(loop)).isEqualTo(4L * MIB);

            guest.untilPrinted("xvda: detected capacity change from 2048 to 8192");
            assertThat(disk.back("sectors")).isEqualTo("8192");
            guest.answer("write xvda 4194000 END");
            assertThat(text(file, 4194000, 3)).isEqualTo("END");
        }
    }

    @Test
    void aDriveWithoutADiscWaitsAndAnotherDeviceIsNotTaken() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk drive = TestDisk.attach(host, guest, XVDB, "", "r", "cdrom");
            drive.untilStates("2", "3");
            DeviceNumber disc = loop(image("cd.iso"));
            drive.write("physical-device", disc.hex());
            drive.untilStates("4", "4");
            assertThat(guest.answer("lsblk")).contains("1 rom");

            drive.write("physical-device", loop(image("other.iso")).hex());
            assertThat(guest.answer("head -c 20 xvdb")).contains("DISK-HELLO");
            assertThat(drive.back("state")).isEqualTo("4");
        }
    }

    @Test
    void aDeviceThatDoesNotExistIsSaidInXenstore() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk disk = TestDisk.attach(host, guest, XVDA, new DeviceNumber(7, 77), "w");
            Await.until(
                    "the error", TestGuest.PATIENCE, () -> disk.back("state").equals("5"));
            assertThat(host.store().read(0, "/local/domain/0/error/backend/vbd/" + guest.domid + "/" + XVDA + "/error"))
                    .contains("2 creating vbd structure");
        }
    }

    @Test
    void netbsdCountsItsDisks() throws Exception {
        try (TestGuest guest = TestGuest.booted(host, "sim:netbsd", "")) {
            guest.untilPrinted("# ");
            TestDisk.attach(host, guest, 3, loop(image("n.img")), "w").untilStates("4", "4");
            guest.untilPrinted("xbd0 at xenbus0 id 3").untilPrinted("xbd0: 1 MB, 512 bytes/sect x 2048 sectors");
            assertThat(guest.answer("head -c 20 /dev/rxbd0d")).contains("DISK-HELLO");
        }
    }

    @Test
    void manyGuestsWithThreeDisksEachComeUp() throws Exception {
        List<TestGuest> guests = new ArrayList<>();
        List<TestDisk> disks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            TestGuest guest = TestGuest.booted(host, "sim:linux", "");
            guests.add(guest);
            for (int disk = 0; disk < 3; disk++) {
                disks.add(TestDisk.attach(host, guest, XVDA + 16 * disk, loop(image(i + "-" + disk)), "w"));
            }
        }
        for (TestDisk disk : disks) {
            disk.untilStates("4", "4");
        }
        for (TestGuest guest : guests) {
            guest.untilPrinted("login:").untilPrinted("# ");
            guest.answer("write xvdc 0 " + guest.domid + "-x");
        }
        for (int i = 0; i < 10; i++) {
            assertThat(text(dir.resolve(i + "-2"), 0, 10)).startsWith(guests.get(i).domid + "-x");
        }
        disks.forEach(TestDisk::remove);
        guests.forEach(TestGuest::close);
    }

    @Test
    void stuckBlkbackStaysInInitWaitUntilItIsDisarmed() throws Exception {
        host.faults().arm(Fault.STUCK_BLKBACK, 1);
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop(image("s.img")), "w");
            disk.untilStates("2", "3");
            assertThat(guest.answer("lsblk")).doesNotContain("xvda");
            assertThat(disk.back("state")).isEqualTo("2");
            host.faults().disarm(Fault.STUCK_BLKBACK);
            disk.untilStates("4", "4");
        }
    }

    @Test
    void stuckBlkfrontNeitherConnectsNorLetsGo() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            host.faults().armFor(Fault.STUCK_BLKFRONT, guest.domid, 1);
            TestDisk disk = TestDisk.attach(host, guest, XVDA, loop(image("s.img")), "w");
            disk.untilStates("2", "1");
            assertThat(guest.answer("lsblk")).doesNotContain("xvda");
            host.faults().disarm(Fault.STUCK_BLKFRONT);
            disk.untilStates("4", "4");

            host.faults().armFor(Fault.STUCK_BLKFRONT, guest.domid, 1);
            disk.askToDetach();
            Await.until("the fault", TestGuest.PATIENCE, () -> host.faults().struck(Fault.STUCK_BLKFRONT) == 2);
            assertThat(guest.answer("head -c 20 xvda")).contains("DISK-HELLO");
            disk.untilStates("5", "4");
            disk.remove();
            assertThat(guest.answer("echo alive")).isEqualTo("alive");
            Await.until(
                    "the disk goes",
                    TestGuest.PATIENCE,
                    () -> devices.statistics(guest.domid, XVDA, new DeviceNumber(7, 0))
                            .isEmpty());
        }
    }

    @Test
    void aFailedReadReachesTheGuestAndIsCounted() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            DeviceNumber loop = loop(image("f.img"));
            TestDisk.attach(host, guest, XVDA, loop, "w").untilStates("4", "4");
            host.faults().armFor(Fault.DISK_READ_FAILS, guest.domid, 1);
            assertThat(guest.answer("head -c 20 xvda")).contains("Input/output error");
            assertThat(guest.answer("head -c 20 xvda")).contains("DISK-HELLO");
            assertThat(devices.statistics(guest.domid, XVDA, loop).orElseThrow().errors())
                    .isEqualTo(1);
        }
    }

    @Test
    void aPausedGuestKeepsItsDiskAndEventFaultsDoNotTouchIt() throws Exception {
        try (TestGuest guest = TestGuest.up(host)) {
            TestDisk.attach(host, guest, XVDA, loop(image("p.img")), "w").untilStates("4", "4");
            host.faults().armFor(Fault.BIND_EINVAL, guest.domid, 1);
            guest.hypervisor().domains().pause(guest.domid);
            TestDisk second = TestDisk.attach(host, guest, XVDB, loop(image("q.img")), "w");
            second.untilStates("2", "1");
            guest.hypervisor().domains().unpause(guest.domid);
            second.untilStates("4", "4");
            assertThat(host.faults().struck(Fault.BIND_EINVAL)).isZero();
            assertThat(guest.answer("head -c 20 xvdb")).contains("DISK-HELLO");
        }
    }
}
