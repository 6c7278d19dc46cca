package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.List;
import java.util.Optional;

/** The block devices of the simulated dom0, as one process uses them; with it go its holds on loop devices. */
final class SimBlockDevices implements BlockDevices, AutoCloseable {
    private final SimDisks disks;
    private final Blkback blkback;
    private final Faults faults;

    SimBlockDevices(SimDisks disks, Blkback blkback, Faults faults) {
        this.disks = disks;
        this.blkback = blkback;
        this.faults = faults;
    }

    @Override
    public Backing examine(String path) {
        return disks.examine(path);
    }

    @Override
    public Optional<Backing> examine(DeviceNumber device) {
        return disks.examine(device);
    }

    @Override
    public AttachedDevice attachLoop(String file, boolean readOnly) {
        Backing backing = disks.examine(file);
        if (backing.kind() != Backing.Kind.FILE) {
            throw XenErrno.EINVAL.of(
                    "LOOP_CONFIGURE", file, "it is " + backing.kind().words() + ", expected a file");
        }
        if (faults.strikes(Fault.LOOP_FAILS)) {
            throw XenErrno.ENOSPC.of("LOOP_CTL_GET_FREE", file, "there is no free loop device");
        }
        return disks.loops().attach(backing, readOnly, this);
    }

    @Override
    public void hold(DeviceNumber device) {
        disks.loops().hold(device, this);
    }

    @Override
    public void letGo(DeviceNumber device) {
        disks.loops().letGo(device, this);
    }

    @Override
    public long refreshSize(DeviceNumber device) {
        long size = disks.refreshSize(device);
        blkback.resized(device);
        return size;
    }

    @Override
    public AttachedDevice freeNbd() {
        throw Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "The simulated host opens raw images only; qcow2, vhd and vmdk need a real Xen host")
                .toException();
    }

    @Override
    public Optional<AttachedDevice> nbd(DeviceNumber device) {
        return Optional.empty();
    }

    @Override
    public Optional<DiskStatistics> statistics(int domid, long virtualDevice, DeviceNumber device) {
        return blkback.statistics(domid, virtualDevice);
    }

    @Override
    public List<Loop> loops() {
        return disks.loops().list();
    }

    @Override
    public void close() {
        disks.loops().letGoAll(this);
    }
}
