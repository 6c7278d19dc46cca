package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.ShutdownReason;
import java.util.List;

/** Prints how the system goes down, then ends the boot. */
final class EndProgram implements Program {
    private final List<String> lines;
    private final ShutdownReason reason;
    private final long pauseNanos;
    private int next;

    EndProgram(List<String> lines, ShutdownReason reason, long nanos) {
        this.lines = lines;
        this.reason = reason;
        this.pauseNanos = nanos / Math.max(1, lines.size());
    }

    @Override
    public long step(Guest guest) {
        if (next == lines.size()) {
            guest.releaseDevices();
            guest.end(reason);
            return DONE;
        }
        String line = lines.get(next++);
        if (next == lines.size()) {
            guest.printk(line);
        } else {
            guest.terminal().print(line + "\n");
        }
        return pauseNanos;
    }

    @Override
    public boolean takesInput() {
        return false;
    }

    @Override
    public boolean waitsForOutput() {
        return false;
    }
}
