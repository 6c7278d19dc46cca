package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Block devices of a Linux dom0, by ioctl and /sys. May be used by several threads. */
final class LinuxBlockDevices implements BlockDevices, AutoCloseable {
    private static final int READ_MILLIS_FIELD = 3;
    private static final int WRITE_MILLIS_FIELD = 7;

    private final Path root;
    private final SysBlock sys;
    private final BlockCalls calls;
    private final LoopControl loops;
    private final BlockExtents extents;
    private final DeviceUses uses;
    private final HandleGate gate = new HandleGate("hypervisor adapter");
    /** Loop devices and the descriptors that keep them. */
    private final Map<DeviceNumber, Integer> held = new ConcurrentHashMap<>();

    /** @param root where sys and proc are, {@code /} but for tests */
    LinuxBlockDevices(LibC libc, Path root) {
        this.root = root;
        this.sys = new SysBlock(root);
        this.calls = new BlockCalls(libc);
        this.loops = new LoopControl(calls);
        this.extents = new BlockExtents(sys, loops);
        this.uses = new DeviceUses(root, sys, calls, loops);
    }

    @Override
    public Backing examine(String path) {
        return gate.use(() -> examined(path));
    }

    private Backing examined(String given) {
        Path path = real(given);
        FileNode node = node(path);
        if (node.isBlockDevice()) {
            return device(path.toString(), node.special());
        }
        if (node.kind() == Backing.Kind.FILE && !Files.isReadable(path)) {
            throw refuse(given, "a file that may be read");
        }
        return new Backing(
                path.toString(),
                node.kind(),
                node.size(),
                SysBlock.SECTOR_BYTES,
                null,
                !Files.isWritable(path),
                List.of(Extent.whole(node.holder())),
                node.kind() == Backing.Kind.FILE ? uses.ofFile(node) : List.of());
    }

    private static Path real(String given) {
        try {
            Path path = Path.of(given);
            if (!path.isAbsolute()) {
                throw refuse(given, "an absolute path");
            }
            return path.toRealPath();
        } catch (IOException | InvalidPathException e) {
            throw new ProblemException(refuse(given, expected(e)).problem(), e);
        }
    }

    private static String expected(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "something that exists";
        }
        if (e instanceof AccessDeniedException) {
            return "something that may be read";
        }
        return e instanceof FileSystemLoopException ? "links that end somewhere" : "a path: " + e.getMessage();
    }

    private static FileNode node(Path path) {
        try {
            return FileNode.of(path);
        } catch (IOException e) {
            throw new ProblemException(refuse(path.toString(), expected(e)).problem(), e);
        }
    }

    private Backing device(String path, DeviceNumber number) {
        if (!sys.exists(number)) {
            throw refuse(path, "a node with a device behind it, " + number + " is none");
        }
        return device(path, number, calls.with(path, LibC.O_RDONLY, fd -> calls.sizeBytes(fd, path)));
    }

    private Backing device(String path, DeviceNumber number, long sizeBytes) {
        return new Backing(
                path,
                Backing.Kind.BLOCK_DEVICE,
                sizeBytes,
                sys.sectorBytes(number),
                number,
                sys.readOnly(number),
                extents.of(number),
                uses.ofDevice(number));
    }

    @Override
    public Optional<Backing> examine(DeviceNumber device) {
        return gate.use(() -> sys.name(device).map(name -> device("/dev/" + name, device, sys.sizeBytes(device))));
    }

    @Override
    public AttachedDevice attachLoop(String file, boolean readOnly) {
        return gate.use(() -> {
            Path path = real(file);
            if (node(path).kind() != Backing.Kind.FILE) {
                throw refuse(file, "a file");
            }
            LoopControl.Attached loop = loops.attach(path.toString(), readOnly);
            try {
                DeviceNumber number = node(Path.of(loop.path())).special();
                long size = calls.sizeBytes(loop.fd(), loop.path());
                keep(number, loop.fd());
                return new AttachedDevice(loop.path(), number, size, readOnly);
            } catch (ProblemException e) {
                calls.close(loop.fd());
                throw e;
            }
        });
    }

    /** A device that was held under this number before has been cleared since, or it would not have been free. */
    private void keep(DeviceNumber device, int fd) {
        Integer stale = held.put(device, fd);
        if (stale != null) {
            calls.close(stale);
        }
    }

    @Override
    public void hold(DeviceNumber device) {
        gate.run(() -> loopPath(device).ifPresent(path -> held.computeIfAbsent(device, number -> opened(path))));
    }

    private @Nullable Integer opened(String path) {
        int fd = calls.open(path, LibC.O_RDONLY);
        if (loops.status(fd).isPresent()) {
            return fd;
        }
        // It was cleared in the meantime: there is nothing to hold.
        calls.close(fd);
        return null;
    }

    @Override
    public void letGo(DeviceNumber device) {
        gate.run(() -> drop(device));
    }

    @Override
    public long refreshSize(DeviceNumber device) {
        return gate.use(() -> {
            String path = sys.name(device).map(name -> "/dev/" + name).orElseThrow(() -> gone(device));
            // A descriptor of its own: the held one may be given up at any time.
            return calls.with(path, LibC.O_RDONLY, fd -> {
                if (sys.loopFile(device).isPresent()) {
                    loops.takeSize(fd, path);
                }
                return calls.sizeBytes(fd, path);
            });
        });
    }

    /** The node of a loop device in use. */
    private Optional<String> loopPath(DeviceNumber device) {
        return sys.loopFile(device).flatMap(file -> sys.name(device)).map(name -> "/dev/" + name);
    }

    private static ProblemException gone(DeviceNumber device) {
        return Problem.of(ProblemType.IMPOSSIBLE, "there is no block device " + device)
                .toException();
    }

    @Override
    public AttachedDevice freeNbd() {
        return gate.use(() -> {
            List<DeviceNumber> all = sys.disks("nbd");
            return all.stream()
                    .filter(device -> !sys.nbdServed(device) && sys.sizeBytes(device) == 0)
                    .flatMap(device -> attached(device).stream())
                    .findFirst()
                    .orElseThrow(() -> noNbd(all.size()));
        });
    }

    private static ProblemException noNbd(int known) {
        Problem problem = Problem.of(
                ProblemType.IMPOSSIBLE,
                known == 0
                        ? "there are no network block devices"
                        : "all " + known + " network block devices are in use");
        return problem.withCause(
                        known == 0
                                ? "the kernel module nbd is not loaded: modprobe nbd nbds_max=256"
                                : "the kernel module nbd was loaded for so many: modprobe nbd with a higher nbds_max")
                .toException();
    }

    @Override
    public Optional<AttachedDevice> nbd(DeviceNumber device) {
        return gate.use(
                () -> sys.name(device).filter(name -> name.startsWith("nbd")).flatMap(n -> attached(device)));
    }

    private Optional<AttachedDevice> attached(DeviceNumber device) {
        return sys.name(device)
                .map(name -> new AttachedDevice("/dev/" + name, device, sys.sizeBytes(device), sys.readOnly(device)));
    }

    @Override
    public Optional<DiskStatistics> statistics(int domid, long virtualDevice, DeviceNumber device) {
        Path directory = root.resolve("sys/bus/xen-backend/devices/vbd-" + domid + "-" + virtualDevice + "/statistics");
        return gate.use(
                () -> Files.isDirectory(directory) ? Optional.of(statistics(directory, device)) : Optional.empty());
    }

    private DiskStatistics statistics(Path vbd, DeviceNumber device) {
        List<Long> passed = sys.passed(device);
        boolean timed = passed.size() > WRITE_MILLIS_FIELD;
        return new DiskStatistics(
                sys.value(vbd.resolve("rd_req")),
                sys.value(vbd.resolve("wr_req")),
                sys.value(vbd.resolve("rd_sect")) * SysBlock.SECTOR_BYTES,
                sys.value(vbd.resolve("wr_sect")) * SysBlock.SECTOR_BYTES,
                sys.value(vbd.resolve("f_req")),
                sys.value(vbd.resolve("ds_req")),
                timed ? passed.get(READ_MILLIS_FIELD) : 0,
                timed ? passed.get(WRITE_MILLIS_FIELD) : 0,
                0,
                sys.value(vbd.resolve("oo_req")));
    }

    @Override
    public List<Loop> loops() {
        return gate.use(() -> sys.disks("loop").stream()
                .flatMap(device ->
                        sys.loopFile(device).stream().map(file -> new Loop(device, file, sys.loopAutoclears(device))))
                .toList());
    }

    private static ProblemException refuse(String path, String expected) {
        return Problem.of(ProblemType.INVALID_FIELD, Problem.quote(path) + ", expected " + expected)
                .withCall("stat", path)
                .toException();
    }

    @Override
    public void close() {
        gate.close(() -> {}, () -> held.keySet().forEach(this::drop));
    }

    private void drop(DeviceNumber device) {
        Integer fd = held.remove(device);
        if (fd != null) {
            calls.close(fd);
        }
    }
}
