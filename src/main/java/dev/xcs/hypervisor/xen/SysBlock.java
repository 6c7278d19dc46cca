package dev.xcs.hypervisor.xen;

import dev.xcs.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What Linux tells of its block devices in /sys (Documentation/ABI: sysfs-block). Devices come and go while it is read: what is not
 * there (any more) is empty or 0.
 */
final class SysBlock {
    /** The unit of size, start and statistics, whatever the device's own sector is. */
    static final int SECTOR_BYTES = 512;

    private static final String DEVICE_NAME = "DEVNAME=";

    private final Path root;

    /** @param root where sys is, {@code /} but for tests */
    SysBlock(Path root) {
        this.root = root;
    }

    boolean exists(DeviceNumber device) {
        return Files.isDirectory(of(device));
    }

    /** The name of its node below /dev, for example {@code sda1}. */
    Optional<String> name(DeviceNumber device) {
        return text(of(device).resolve("uevent"))
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith(DEVICE_NAME))
                        .map(line -> line.substring(DEVICE_NAME.length()))
                        .findFirst());
    }

    /** The device that the kernel calls so, for example {@code dm-0}. */
    Optional<DeviceNumber> named(String name) {
        return number(root.resolve("sys/class/block").resolve(name));
    }

    /** Exact: the kernel keeps sizes in units of 512 bytes. */
    long sizeBytes(DeviceNumber device) {
        return value(of(device).resolve("size")) * SECTOR_BYTES;
    }

    /** Where a partition begins in its disk. */
    long startBytes(DeviceNumber partition) {
        return value(of(partition).resolve("start")) * SECTOR_BYTES;
    }

    /** The logical sector. */
    int sectorBytes(DeviceNumber device) {
        long found = value(of(disk(device).orElse(device)).resolve("queue/logical_block_size"));
        return found > 0 ? (int) found : SECTOR_BYTES;
    }

    boolean readOnly(DeviceNumber device) {
        return value(of(device).resolve("ro")) != 0;
    }

    /** The disk that a partition belongs to; empty for a whole disk. */
    Optional<DeviceNumber> disk(DeviceNumber partition) {
        if (!Files.exists(of(partition).resolve("partition"))) {
            return Optional.empty();
        }
        try {
            return number(of(partition).toRealPath().resolve(".."));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    List<DeviceNumber> partitions(DeviceNumber disk) {
        return entries(of(disk), "*").stream()
                .filter(entry -> Files.exists(entry.resolve("partition")))
                .map(this::number)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingInt(DeviceNumber::major).thenComparingInt(DeviceNumber::minor))
                .toList();
    }

    /** The names of the devices that are built upon this one: LVM, RAID, encryption. */
    List<String> holders(DeviceNumber device) {
        return names(of(device).resolve("holders"), "*");
    }

    /** The whole disks of one driver, lowest first: {@code loop} for loop0, loop1 and so on. */
    List<DeviceNumber> disks(String driver) {
        Path directory = root.resolve("sys/block");
        return names(directory, driver + "[0-9]*").stream()
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .map(name -> number(directory.resolve(name)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The file of a loop device, empty when it has none. */
    Optional<String> loopFile(DeviceNumber device) {
        return text(of(device).resolve("loop/backing_file"));
    }

    boolean loopAutoclears(DeviceNumber device) {
        return value(of(device).resolve("loop/autoclear")) != 0;
    }

    /** Whether a network block device is served by somebody. */
    boolean nbdServed(DeviceNumber device) {
        return Files.exists(of(device).resolve("pid"));
    }

    /** The fields of stat: what passed through the device (Documentation/block/stat.rst). */
    List<Long> passed(DeviceNumber device) {
        return text(of(device).resolve("stat"))
                .orElse("")
                .strip()
                .lines()
                .flatMap(line -> List.of(line.split("\\s+")).stream())
                .map(SysBlock::parse)
                .toList();
    }

    /** A number in a file; 0 when there is none. */
    long value(Path file) {
        return text(file).map(String::strip).map(SysBlock::parse).orElse(0L);
    }

    private Path of(DeviceNumber device) {
        return root.resolve("sys/dev/block").resolve(device.toString());
    }

    private Optional<DeviceNumber> number(Path directory) {
        return text(directory.resolve("dev"))
                .map(text -> text.split(":", 2))
                .filter(parts -> parts.length == 2)
                .map(parts -> new DeviceNumber((int) parse(parts[0]), (int) parse(parts[1])));
    }

    private static long parse(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Without the line end that sysfs adds; any other belongs to the value, as names of files have what they like. */
    private static Optional<String> text(Path file) {
        try {
            String text = Files.readString(file);
            return Optional.of(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<String> names(Path directory, String glob) {
        return entries(directory, glob).stream()
                .map(entry -> Objects.toString(entry.getFileName(), ""))
                .sorted()
                .toList();
    }

    private static List<Path> entries(Path directory, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        return found;
    }
}
