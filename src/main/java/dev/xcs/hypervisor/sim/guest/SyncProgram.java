package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlockFront.Io;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Flushes every disk, all at once, and ends when all are flushed. */
final class SyncProgram implements Program {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final List<BlockFront> disks;
    private boolean submitted;
    private int outstanding;

    SyncProgram(List<BlockFront> disks) {
        this.disks = disks;
    }

    @Override
    public long step(Guest guest) {
        if (!submitted) {
            submitted = true;
            disks.forEach(disk -> flush(guest, disk));
        }
        return outstanding == 0 ? DONE : PATIENCE;
    }

    private void flush(Guest guest, BlockFront disk) {
        boolean accepted = disk.submit(new Io(BlkifRing.FLUSH, 0, new byte[0], 0), status -> {
            outstanding--;
            report(guest, disk, status == BlkifRing.OKAY);
            guest.wake(this);
        });
        outstanding += accepted ? 1 : 0;
        report(guest, disk, accepted);
    }

    private static void report(Guest guest, BlockFront disk, boolean succeeded) {
        if (!succeeded) {
            guest.terminal().print("sync: /dev/" + disk.name() + ": Input/output error\n");
        }
    }
}
