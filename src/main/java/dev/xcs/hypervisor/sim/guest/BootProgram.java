package dev.xcs.hypervisor.sim.guest;

import java.util.List;

/** Prints the boot log in time; then the system is up. */
final class BootProgram implements Program {
    private final List<BootLine> lines;
    private final double scale;
    private final boolean panics;
    private final long startedNanos = System.nanoTime();
    private int next;

    /** @param bootNanos the time from the first line to the prompt */
    BootProgram(List<BootLine> lines, long bootNanos, boolean panics) {
        this.lines = lines;
        this.scale = bootNanos / Math.max(0.1, lines.get(lines.size() - 1).seconds());
        this.panics = panics;
    }

    @Override
    public long step(Guest guest) {
        while (next < lines.size()) {
            BootLine line = lines.get(next);
            long early = (long) (line.seconds() * scale) - (System.nanoTime() - startedNanos);
            if (early > 0) {
                return early;
            }
            if (panics && next > lines.size() / 2) {
                guest.panic();
                return DONE;
            }
            guest.logged(line.seconds(), line.text());
            guest.reached(line.stage());
            next++;
        }
        guest.up();
        return DONE;
    }

    @Override
    public boolean takesInput() {
        return false;
    }

    /** The kernel's log is buffered: a guest whose console nobody reads comes up all the same. */
    @Override
    public boolean waitsForOutput() {
        return false;
    }

    @Override
    public int load() {
        return 800;
    }
}
