package dev.xcs.hypervisor.sim;

/** Cpu time that a simulated domain seems to use: a load, in thousandths of one cpu, over the time it runs. Thread-safe. */
final class CpuClock {
    /** From here on a domain counts as running, below as blocked. */
    private static final int BUSY_PERMILLE = 500;

    private long nanos;
    private long since = System.nanoTime();
    private int permille;
    private boolean running;

    synchronized void load(int value) {
        settle();
        permille = value;
    }

    synchronized void run(boolean value) {
        settle();
        running = value;
    }

    synchronized long nanos() {
        settle();
        return nanos;
    }

    synchronized boolean busy() {
        return running && permille >= BUSY_PERMILLE;
    }

    private void settle() {
        long now = System.nanoTime();
        if (running) {
            nanos += (now - since) * permille / 1000;
        }
        since = now;
    }
}
