package dev.xcs.hypervisor.sim;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Everything that dom0 of the simulated host can back a disk with: files of the machine, loop devices, {@code /dev/sim/}. Thread-safe. */
final class SimDisks implements AutoCloseable {
    private final LoopTable loops = new LoopTable();
    private final VnodeTable vnodes = new VnodeTable();
    private final DeviceDirectory devices;

    SimDisks(Path directory) {
        this.devices = new DeviceDirectory(directory);
    }

    LoopTable loops() {
        return loops;
    }

    /** Those of a dom0 with NetBSD. */
    VnodeTable vnodes() {
        return vnodes;
    }

    /** A block device of the simulated host's own. */
    Optional<Backing> device(String path) {
        return devices.examine(path);
    }

    List<Backing> devices() {
        return devices.all();
    }

    Backing examine(String path) {
        String target = HostFiles.resolve(path);
        if (DeviceDirectory.isName(target)) {
            return devices.examine(target).orElseThrow(() -> missing(path));
        }
        if (target.matches("/dev/(loop|nbd)[0-9]{1,7}")) {
            return loop(target).orElseThrow(() -> missing(path));
        }
        return HostFiles.examine(target);
    }

    private Optional<Backing> loop(String path) {
        return path.startsWith("/dev/loop")
                ? examine(new DeviceNumber(LoopTable.MAJOR, Integer.parseInt(path.substring("/dev/loop".length()))))
                : Optional.empty();
    }

    Optional<Backing> examine(DeviceNumber number) {
        return number.major() == LoopTable.MAJOR ? loops.find(number).map(SimDisks::backing) : devices.examine(number);
    }

    /** Also for a file that was removed in the meantime: then nobody else can come by its bytes. */
    private static Backing backing(LoopTable.Loop loop) {
        return new Backing(
                loop.path(),
                Backing.Kind.BLOCK_DEVICE,
                loop.sizeBytes(),
                512,
                loop.number,
                loop.readOnly,
                loop.extents,
                List.of());
    }

    OpenDisk open(DeviceNumber number, boolean writable) {
        OpenDisk disk = found(number, writable).orElseThrow(() -> noDevice("open", number));
        if (writable && disk.readOnly()) {
            disk.close();
            throw XenErrno.EACCES.of("open", "device " + number, "the device is read-only");
        }
        return disk;
    }

    private Optional<OpenDisk> found(DeviceNumber number, boolean writable) {
        return switch (number.major()) {
            case LoopTable.MAJOR -> loops.open(number);
            case VnodeTable.MAJOR -> vnodes.open(number);
            default -> devices.open(number, writable);
        };
    }

    /** The size it has by now. */
    long refreshSize(DeviceNumber number) {
        return loops.find(number)
                .map(loops::refresh)
                .or(() -> devices.examine(number).map(Backing::sizeBytes))
                .orElseThrow(() -> noDevice("BLKGETSIZE64", number));
    }

    private static ProblemException noDevice(String call, DeviceNumber number) {
        return XenErrno.ENXIO.of(call, "device " + number, "there is no such device");
    }

    private static ProblemException missing(String path) {
        return Problem.of(ProblemType.INVALID_FIELD, Problem.quote(path) + ", expected a device that exists")
                .withCall("stat", path)
                .withErrno(2, "No such file or directory")
                .toException();
    }

    @Override
    public void close() {
        loops.close();
        vnodes.close();
    }
}
