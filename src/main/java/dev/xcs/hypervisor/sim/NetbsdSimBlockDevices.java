package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.netbsd.NetbsdBlockDevices;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import java.util.List;
import java.util.Optional;

/** The adapter for NetBSD on the simulated host, which has its faults, and whose back-end notices when a device grows. */
final class NetbsdSimBlockDevices implements BlockDevices, AutoCloseable {
    private final NetbsdBlockDevices adapter;
    private final Blkback blkback;
    private final Faults faults;

    NetbsdSimBlockDevices(NetbsdBlockDevices adapter, Blkback blkback, Faults faults) {
        this.adapter = adapter;
        this.blkback = blkback;
        this.faults = faults;
    }

    @Override
    public Backing examine(String path) {
        return adapter.examine(path);
    }

    @Override
    public Optional<Backing> examine(DeviceNumber device) {
        return adapter.examine(device);
    }

    @Override
    public AttachedDevice attachLoop(String file, boolean readOnly) {
        if (faults.strikes(Fault.LOOP_FAILS)) {
            throw XenErrno.ENOSPC.of("vndconfig", file, "there is no free vnode disk");
        }
        return adapter.attachLoop(file, readOnly);
    }

    @Override
    public void hold(DeviceNumber device) {
        adapter.hold(device);
    }

    @Override
    public void letGo(DeviceNumber device) {
        adapter.letGo(device);
    }

    @Override
    public long refreshSize(DeviceNumber device) {
        long size = adapter.refreshSize(device);
        blkback.resized(device);
        return size;
    }

    @Override
    public AttachedDevice freeNbd() {
        return adapter.freeNbd();
    }

    @Override
    public Optional<AttachedDevice> nbd(DeviceNumber device) {
        return adapter.nbd(device);
    }

    @Override
    public Optional<DiskStatistics> statistics(int domid, long virtualDevice, DeviceNumber device) {
        return adapter.statistics(domid, virtualDevice, device);
    }

    @Override
    public List<Loop> loops() {
        return adapter.loops();
    }

    @Override
    public void close() {
        adapter.close();
    }
}
