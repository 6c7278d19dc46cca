package dev.xcs.hypervisor;

import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import java.util.List;
import java.util.Optional;

/**
 * The block devices of dom0. Failures are {@link dev.xcs.model.ProblemException}s of type HYPERVISOR or IMPOSSIBLE that name the call,
 * the path and the errno; a path that does not exist or may not be read is of type INVALID_FIELD and leaves the field open.
 */
public interface BlockDevices {
    /** What is at an absolute path, symbolic links followed. */
    Backing examine(String path);

    /** What is known of a device by its number; empty when there is none. */
    Optional<Backing> examine(DeviceNumber device);

    /**
     * Makes a loop device of a file, which goes away by itself when nobody has it open any more (LO_FLAGS_AUTOCLEAR). It is held open
     * here until {@link #letGo}. Direct I/O is switched on where the file system can.
     */
    AttachedDevice attachLoop(String file, boolean readOnly);

    /** Takes up the hold on a loop device of an earlier run; quietly does nothing for any other device. */
    void hold(DeviceNumber device);

    /** Gives up the hold: from now on the device lives as long as its users. Quietly does nothing when there is no hold. */
    void letGo(DeviceNumber device);

    /** Lets a loop device have the size that its file has by now, and gives that; for other devices gives their size. */
    long refreshSize(DeviceNumber device);

    /** A network block device that nobody uses: the lowest; IMPOSSIBLE when there is none, with what to do. */
    AttachedDevice freeNbd();

    /** A network block device's state now: its size is 0 until a server is connected. Empty when there is no such device. */
    Optional<AttachedDevice> nbd(DeviceNumber device);

    /** What went through a guest's disk, empty when the back-end does not have it (yet). */
    Optional<DiskStatistics> statistics(int domid, long virtualDevice, DeviceNumber device);

    /** Every loop device that is in use, with its file as the backing's path; for guards and for tidying up. */
    List<Loop> loops();

    /**
     * A loop device in use.
     *
     * @param file as it was named when it was attached, cut after 63 bytes by the kernel where it keeps no more
     */
    record Loop(DeviceNumber number, String file, boolean autoclear) {}
}
