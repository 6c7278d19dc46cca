package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlockFront.Io;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that does I/O on a disk, one request after the other; Ctrl-C ends it also while a request is under way. */
final class DiskProgram implements Program {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    /** What is to be done. */
    interface Work {
        /** The next request, or null when all is done. */
        @Nullable
        Io next(Guest guest);

        /** A request has succeeded; what was read is in its data. */
        default void done(Guest guest, Io io) {}
    }

    private final String command;
    private final BlockFront disk;
    private final Work work;
    private @Nullable Io current;
    private @Nullable Integer status;

    DiskProgram(String command, BlockFront disk, Work work) {
        this.command = command;
        this.disk = disk;
        this.work = work;
    }

    @Override
    public long step(Guest guest) {
        Io last = current;
        Integer answer = status;
        if (last != null && answer == null) {
            return PATIENCE;
        }
        if (last != null && answer != null) {
            if (answer != BlkifRing.OKAY) {
                return fail(guest, answer == BlkifRing.UNSUPPORTED ? "Operation not supported" : "Input/output error");
            }
            work.done(guest, last);
        }
        return submit(guest);
    }

    private long submit(Guest guest) {
        Io next = work.next(guest);
        current = next;
        status = null;
        if (next == null) {
            return DONE;
        }
        boolean submitted = disk.submit(next, answer -> {
            status = answer;
            guest.wake(this);
        });
        return submitted ? PATIENCE : fail(guest, "No such device or address");
    }

    private long fail(Guest guest, String why) {
        guest.terminal().print(command + ": /dev/" + disk.name() + ": " + why + "\n");
        return DONE;
    }
}
