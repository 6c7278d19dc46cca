package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Extent;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated loop devices: each is there while a process holds it or somebody has it open (LO_FLAGS_AUTOCLEAR). Thread-safe. */
final class LoopTable implements AutoCloseable {
    static final int MAJOR = 7;
    private static final Logger LOG = LoggerFactory.getLogger(LoopTable.class);
    private static final int SECTOR = 512;
    /** LO_NAME_SIZE, less its NUL. */
    private static final int NAME_BYTES = 63;

    private final TreeMap<Integer, Loop> loops = new TreeMap<>();

    /** A loop device in use. */
    static final class Loop {
        final DeviceNumber number;
        final Path file;
        final boolean readOnly;
        final List<Extent> extents;
        private final FileChannel channel;
        private final Set<Object> holders = new HashSet<>();
        private int openers;
        private volatile long sizeBytes;

        private Loop(int minor, Backing file, FileChannel channel, boolean readOnly, long sizeBytes) {
            this.number = new DeviceNumber(MAJOR, minor);
            this.file = Path.of(file.path());
            this.extents = file.extents();
            this.channel = channel;
            this.readOnly = readOnly;
            this.sizeBytes = sizeBytes;
        }

        String path() {
            return "/dev/loop" + number.minor();
        }

        long sizeBytes() {
            return sizeBytes;
        }

        AttachedDevice attached() {
            return new AttachedDevice(path(), number, sizeBytes, readOnly);
        }
    }

    /** @param holder until it lets go, the device stays */
    synchronized AttachedDevice attach(Backing backing, boolean readOnly, Object holder) {
        Path file = Path.of(backing.path());
        FileChannel channel = null;
        try {
            channel = readOnly
                    ? FileChannel.open(file, StandardOpenOption.READ)
                    : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            int minor = 0;
            while (loops.containsKey(minor)) {
                minor++;
            }
            Loop loop = new Loop(minor, backing, channel, readOnly, whole(channel.size()));
            loop.holders.add(holder);
            loops.put(minor, loop);
            return loop.attached();
        } catch (IOException e) {
            close(channel, file);
            throw XenErrno.EACCES.of("open", file.toString(), e.toString());
        }
    }

    /** A loop device consists of whole sectors. */
    private static long whole(long bytes) {
        return bytes - bytes % SECTOR;
    }

    synchronized Optional<Loop> find(DeviceNumber number) {
        return Optional.ofNullable(number.major() == MAJOR ? loops.get(number.minor()) : null);
    }

    synchronized void hold(DeviceNumber number, Object holder) {
        find(number).ifPresent(loop -> loop.holders.add(holder));
    }

    synchronized void letGo(DeviceNumber number, Object holder) {
        find(number).ifPresent(loop -> {
            loop.holders.remove(holder);
            clear(loop);
        });
    }

    /** A process ends, and with it all its holds. */
    synchronized void letGoAll(Object holder) {
        for (Loop loop : List.copyOf(loops.values())) {
            letGo(loop.number, holder);
        }
    }

    synchronized Optional<OpenDisk> open(DeviceNumber number) {
        return find(number).map(loop -> {
            loop.openers++;
            return new OpenDisk(loop.channel, 0, loop::sizeBytes, SECTOR, loop.readOnly, () -> release(loop));
        });
    }

    private synchronized void release(Loop loop) {
        loop.openers--;
        clear(loop);
    }

    private void clear(Loop loop) {
        if (loop.holders.isEmpty() && loop.openers == 0) {
            loops.remove(loop.number.minor(), loop);
            close(loop.channel, loop.file);
        }
    }

    /** LOOP_SET_CAPACITY. */
    synchronized long refresh(Loop loop) {
        try {
            loop.sizeBytes = whole(loop.channel.size());
            return loop.sizeBytes;
        } catch (IOException e) {
            throw XenErrno.EIO.of("LOOP_SET_CAPACITY", loop.path(), e.toString());
        }
    }

    synchronized List<BlockDevices.Loop> list() {
        List<BlockDevices.Loop> all = new ArrayList<>();
        loops.values().forEach(loop -> all.add(new BlockDevices.Loop(loop.number, cut(loop.file.toString()), true)));
        return all;
    }

    private static String cut(String name) {
        int end = name.length();
        while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
            end--;
        }
        return name.substring(0, end);
    }

    private static void close(@Nullable FileChannel channel, Path file) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("{} cannot be closed", file, e);
        }
    }

    @Override
    public synchronized void close() {
        loops.values().forEach(loop -> close(loop.channel, loop.file));
        loops.clear();
    }
}
