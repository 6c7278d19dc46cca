package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.BlockDevices.Loop;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxBlockDevicesTest {
    private static final DeviceNumber DISK = new DeviceNumber(8, 0);
    private static final DeviceNumber FIRST = new DeviceNumber(8, 1);
    private static final DeviceNumber SECOND = new DeviceNumber(8, 2);

    @TempDir
    Path directory;

    private MadeUpSystem linux;
    private LinuxBlockDevices devices;

    @BeforeEach
    void aDiskWithTwoPartitions() throws IOException {
        Path root = Files.createDirectory(directory.resolve("root"));
        linux = new MadeUpSystem(root);
        linux.disk("sdzz", "8:0", 1000);
        linux.partition("sdzz", 1, "8:1", 64, 400);
        linux.partition("sdzz", 2, "8:2", 464, 500);
        devices = new LinuxBlockDevices(MadeUpSystem.libc(), root);
    }

    @AfterEach
    void close() {
        devices.close();
    }

    private Backing known(DeviceNumber device) {
        return devices.examine(device).orElseThrow();
    }

    @Test
    void knowsADeviceByItsNumber() throws IOException {
        linux.put("sys/devices/block/sdzz/queue/logical_block_size", "4096\n");
        linux.put("sys/devices/block/sdzz/sdzz1/ro", "1\n");

        assertThat(known(FIRST))
                .isEqualTo(new Backing(
                        "/dev/sdzz1",
                        Backing.Kind.BLOCK_DEVICE,
                        400 * 512,
                        4096,
                        FIRST,
                        true,
                        List.of(new Extent("disk 8:0", 64 * 512, 400 * 512)),
                        List.of()));
        assertThat(devices.examine(new DeviceNumber(8, 3))).isEmpty();
    }

    @Test
    void aDiskOverlapsItsPartitionsWhichDoNotOverlap() {
        Extent disk = known(DISK).extents().get(0);
        Extent first = known(FIRST).extents().get(0);
        Extent second = known(SECOND).extents().get(0);

        assertThat(disk.overlaps(first)).isTrue();
        assertThat(second.overlaps(disk)).isTrue();
        assertThat(first.overlaps(second)).isFalse();
    }

    @Test
    void findsMountsByNumberAndByNode() throws IOException {
        linux.put("proc/self/mountinfo", """
                22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw
                23 22 0:44 /sub /srv/a\\040b rw - btrfs /dev/sdzz2 rw,ssd
                24 22 0:21 / /proc rw master:2 propagate_from:3 - proc proc rw
                nonsense
                """);
        linux.put("dev/sdzz2", "");

        assertThat(known(FIRST).uses()).containsExactly("mounted at /");
        assertThat(known(SECOND).uses()).containsExactly("mounted at /srv/a b");
        assertThat(known(DISK).uses())
                .containsExactly("partition 8:1 mounted at /", "partition 8:2 mounted at /srv/a b");
    }

    @Test
    void findsSwapAndHolders() throws IOException {
        linux.put(
                "proc/swaps",
                "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sdzz1                     partition\t8\t0\t-2\n");
        linux.put("sys/devices/block/sdzz/sdzz2/holders/dm-0/dev", "253:0\n");

        assertThat(known(FIRST).uses()).containsExactly("swap");
        assertThat(known(SECOND).uses()).containsExactly("held by dm-0");
        assertThat(known(DISK).uses()).containsExactly("partition 8:1 swap", "partition 8:2 held by dm-0");
    }

    @Test
    void aPartitionIsUsedWhenItsDiskIs() throws IOException {
        linux.put("sys/devices/block/sdzz/holders/dm-7/dev", "253:7\n");

        assertThat(known(FIRST).uses()).containsExactly("disk 8:0 held by dm-7");
    }

    @Test
    void findsThatAFileIsSwappedTo() throws IOException {
        linux.put("srv/swap file", "x");
        linux.put("proc/swaps", "Filename Type\n/srv/swap\\040file   file\t8\t0\t-2\n");

        assertThat(devices.examine(linux.root.resolve("srv/swap file").toString())
                        .uses())
                .containsExactly("swap");
    }

    @Test
    void tellsEveryKindOfThing() throws Exception {
        Path file = Files.writeString(directory.resolve("it's a, \"file\"\n"), "0123456789");
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();

        Backing found = devices.examine(link.toString());
        assertThat(found.path()).isEqualTo(file.toRealPath().toString());
        assertThat(found.kind()).isEqualTo(Backing.Kind.FILE);
        assertThat(found.sizeBytes()).isEqualTo(10);
        assertThat(found.extents())
                .containsExactly(Extent.whole(
                        FileNode.holder(FileNode.of(file).device(), (long) Files.getAttribute(file, "unix:ino"))));
        assertThat(devices.examine(directory.toString()).kind()).isEqualTo(Backing.Kind.DIRECTORY);
        assertThat(devices.examine(fifo.toString()).kind()).isEqualTo(Backing.Kind.FIFO);
        assertThat(devices.examine("/dev/null").kind()).isEqualTo(Backing.Kind.CHARACTER_DEVICE);
    }

    @Test
    void refusesWhatIsNoPathToAnything() throws IOException {
        Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));

        assertThat(refusal("srv/x").detail()).isEqualTo("\"srv/x\", expected an absolute path");
        assertThat(refusal("/no/such\n").detail()).isEqualTo("\"/no/such\\u000a\", expected something that exists");
        assertThat(refusal("/a\0b").type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(refusal(loop.toString()).type()).isEqualTo(ProblemType.INVALID_FIELD);
        assertThat(refusal("/no/such").field()).isNull();
    }

    private Problem refusal(String path) {
        return catchThrowableOfType(ProblemException.class, () -> devices.examine(path))
                .problem();
    }

    @Test
    void takesTheLowestFreeNetworkBlockDevice() throws IOException {
        assertThat(noNbd().cause()).contains("modprobe nbd");
        linux.disk("nbd0", "43:0", 0);
        linux.put("sys/devices/block/nbd0/pid", "77\n");
        linux.disk("nbd2", "43:64", 8);
        assertThat(noNbd().detail()).isEqualTo("all 2 network block devices are in use");
        linux.disk("nbd10", "43:320", 0);
        linux.disk("nbd9", "43:288", 0);

        assertThat(devices.freeNbd()).isEqualTo(new AttachedDevice("/dev/nbd9", new DeviceNumber(43, 288), 0, false));
        assertThat(devices.nbd(new DeviceNumber(43, 64)).orElseThrow().sizeBytes())
                .isEqualTo(4096);
        assertThat(devices.nbd(new DeviceNumber(43, 7))).isEmpty();
        assertThat(devices.nbd(DISK)).isEmpty();
    }

    private Problem noNbd() {
        return catchThrowableOfType(ProblemException.class, () -> devices.freeNbd())
                .problem();
    }

    @Test
    void readsWhatWentThroughADisk() throws IOException {
        String vbd = "sys/bus/xen-backend/devices/vbd-7-51712/statistics/";
        assertThat(devices.statistics(7, 51712, DISK)).isEmpty();
        linux.put(vbd + "rd_req", "10\n");
        linux.put(vbd + "wr_req", "20\n");
        linux.put(vbd + "rd_sect", "80\n");
        linux.put(vbd + "wr_sect", "160\n");
        linux.put(vbd + "f_req", "3\n");
        linux.put(vbd + "ds_req", "4\n");
        linux.put(vbd + "oo_req", "5\n");
        linux.put("sys/devices/block/sdzz/stat", "  11  0  80  21  22  0  160  31  0  50  60 0 0 0 0 3 9\n");

        assertThat(devices.statistics(7, 51712, DISK))
                .contains(new DiskStatistics(10, 20, 80 * 512, 160 * 512, 3, 4, 21, 31, 0, 5));
    }

    @Test
    void listsLoopDevicesInUse() throws IOException {
        linux.disk("loop0", "7:0", 0);
        linux.disk("loop3", "7:3", 8);
        linux.put("sys/devices/block/loop3/loop/backing_file", "/srv/two\nlines \n");
        linux.put("sys/devices/block/loop3/loop/autoclear", "1\n");

        assertThat(devices.loops()).containsExactly(new Loop(new DeviceNumber(7, 3), "/srv/two\nlines ", true));
    }

    @Test
    void decodesLargeDeviceNumbers() {
        assertThat(FileNode.decode(0xfe01)).isEqualTo(new DeviceNumber(254, 1));
        assertThat(FileNode.decode(0x12310305)).isEqualTo(new DeviceNumber(259, 0x12305));
    }

    @Test
    void refusesCallsOnceItIsClosed() {
        devices.close();

        assertThat(refusal("/dev/null").type()).isEqualTo(ProblemType.UNAVAILABLE);
    }
}
