package dev.xcs.hypervisor.sim;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulated block devices {@code /dev/sim/NAME}: each file of a directory is one, with the size of the file. What is peculiar about
 * one is said in a line of the file {@code .table} there, which is read each time: the name, then any of {@code ro}, {@code
 * sector=4096}, {@code mounted=/srv}, {@code swap}, {@code held=dm-0}. A partition has no file but the line {@code NAME disk=OTHER
 * start=1048576 bytes=65536}. Thread-safe.
 */
final class DeviceDirectory {
    static final String PREFIX = "/dev/sim/";
    /** The first of the numbers that Linux leaves to local use. */
    static final int MAJOR = 240;

    private static final Logger LOG = LoggerFactory.getLogger(DeviceDirectory.class);
    private static final String TABLE = ".table";
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}";
    private static final String FORM =
            "a name, then ro, sector=BYTES, mounted=PATH, swap, held=NAME, disk=NAME, start=BYTES or bytes=BYTES";

    private final Path directory;
    private final Map<String, Integer> minors = new HashMap<>();

    DeviceDirectory(Path directory) {
        this.directory = directory;
    }

    private record Device(String name, Map<String, String> options) {
        String disk() {
            return options.getOrDefault("disk", name);
        }

        boolean isPartition() {
            return options.containsKey("disk");
        }

        long number(String option, long otherwise) {
            return Long.parseLong(options.getOrDefault(option, String.valueOf(otherwise)));
        }

        boolean readOnly() {
            return options.containsKey("ro");
        }

        int sectorBytes() {
            return (int) number("sector", 512);
        }

        List<String> uses() {
            List<String> uses = new ArrayList<>();
            if (options.containsKey("mounted")) {
                uses.add("mounted at " + options.get("mounted"));
            }
            if (options.containsKey("swap")) {
                uses.add("swap");
            }
            if (options.containsKey("held")) {
                uses.add("held by " + options.get("held"));
            }
            return uses;
        }
    }

    static boolean isName(String path) {
        return path.startsWith(PREFIX);
    }

    Optional<Backing> examine(String path) {
        String name = path.substring(PREFIX.length());
        return find(name).map(this::backing);
    }

    Optional<Backing> examine(DeviceNumber number) {
        return nameOf(number).flatMap(this::find).map(this::backing);
    }

    List<Backing> all() {
        numberAll();
        List<String> names;
        synchronized (this) {
            names = List.copyOf(minors.keySet());
        }
        return names.stream()
                .flatMap(name -> find(name).stream())
                .map(this::backing)
                .toList();
    }

    Optional<OpenDisk> open(DeviceNumber number, boolean writable) {
        return nameOf(number).flatMap(this::find).map(device -> open(device, writable));
    }

    private OpenDisk open(Device device, boolean writable) {
        Path file = directory.resolve(device.disk());
        try {
            FileChannel channel = writable && !device.readOnly()
                    ? FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)
                    : FileChannel.open(file, StandardOpenOption.READ);
            return new OpenDisk(
                    channel,
                    device.number("start", 0),
                    () -> size(device),
                    device.sectorBytes(),
                    device.readOnly(),
                    () -> close(channel));
        } catch (IOException e) {
            throw XenErrno.EACCES.of("open", PREFIX + device.name(), e.toString());
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("a simulated device cannot be closed", e);
        }
    }

    private Backing backing(Device device) {
        DeviceNumber disk = number(device.disk());
        String holder = "disk " + disk;
        long size = size(device);
        Extent extent =
                device.isPartition() ? new Extent(holder, device.number("start", 0), size) : Extent.whole(holder);
        return new Backing(
                PREFIX + device.name(),
                Backing.Kind.BLOCK_DEVICE,
                size,
                device.sectorBytes(),
                number(device.name()),
                device.readOnly(),
                List.of(extent),
                uses(device));
    }

    /** Its own, and those of its partitions with their names. */
    private List<String> uses(Device device) {
        List<String> uses = new ArrayList<>(device.uses());
        for (Device other : table().values()) {
            if (other.isPartition() && other.disk().equals(device.name())) {
                other.uses().forEach(use -> uses.add(use + " (" + PREFIX + other.name() + ")"));
            }
        }
        return uses;
    }

    private long size(Device device) {
        try {
            return device.isPartition() ? device.number("bytes", 0) : Files.size(directory.resolve(device.name()));
        } catch (IOException e) {
            LOG.debug("the file of {} has gone", device.name(), e);
            return 0;
        }
    }

    private Optional<Device> find(String name) {
        if (!name.matches(NAME)) {
            return Optional.empty();
        }
        Device listed = table().getOrDefault(name, new Device(name, Map.of()));
        return Optional.of(listed).filter(device -> Files.isRegularFile(directory.resolve(device.disk())));
    }

    private Map<String, Device> table() {
        Path table = directory.resolve(TABLE);
        if (!Files.exists(table)) {
            return Map.of();
        }
        Map<String, Device> devices = new HashMap<>();
        try {
            for (String line : Files.readAllLines(table)) {
                if (!line.isBlank()) {
                    Device device = parse(line.strip());
                    devices.put(device.name(), device);
                }
            }
        } catch (IOException e) {
            throw XenErrno.EIO.of("open", directory.toString(), e.toString());
        }
        return devices;
    }

    private static Device parse(String line) {
        String[] words = line.split(" +");
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            options.put(
                    equals < 0 ? words[i] : words[i].substring(0, equals),
                    equals < 0 ? "" : words[i].substring(equals + 1));
            if (!words[i].matches("ro|swap|(mounted|held|disk)=.+|(sector|start|bytes)=[0-9]{1,15}")) {
                throw Problem.of(
                                ProblemType.IMPOSSIBLE,
                                "sim-devices/.table: " + Problem.quote(line) + ", expected " + FORM)
                        .toException();
            }
        }
        return new Device(words[0], options);
    }

    private synchronized DeviceNumber number(String name) {
        Integer known = minors.get(name);
        int minor = known == null ? minors.size() : known;
        minors.put(name, minor);
        return new DeviceNumber(MAJOR, minor);
    }

    private @Nullable String known(DeviceNumber number) {
        synchronized (this) {
            for (Map.Entry<String, Integer> entry : minors.entrySet()) {
                if (number.major() == MAJOR && entry.getValue() == number.minor()) {
                    return entry.getKey();
                }
            }
            return null;
        }
    }

    private Optional<String> nameOf(DeviceNumber number) {
        if (number.major() == MAJOR && known(number) == null) {
            numberAll();
        }
        return Optional.ofNullable(known(number));
    }

    /** Somebody asks for a number that was never told: then every device gets one, by name. */
    private void numberAll() {
        try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.of()) {
            Stream<String> names = files.map(file -> String.valueOf(file.getFileName()));
            Stream.concat(names, table().keySet().stream())
                    .filter(name -> name.matches(NAME))
                    .sorted()
                    .forEach(this::number);
        } catch (IOException e) {
            throw XenErrno.EIO.of("open", directory.toString(), e.toString());
        }
    }
}
