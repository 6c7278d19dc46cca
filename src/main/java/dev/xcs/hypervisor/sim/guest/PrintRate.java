package dev.xcs.hypervisor.sim.guest;

/** How many bytes a guest may print now, so that it keeps to a rate. */
final class PrintRate {
    private final int bytesPerSecond;
    private long lastNanos = System.nanoTime();
    private double saved;

    /** @param bytesPerSecond 0 is without a limit */
    PrintRate(int bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    boolean limited() {
        return bytesPerSecond > 0;
    }

    int allowed() {
        if (!limited()) {
            return Integer.MAX_VALUE;
        }
        long now = System.nanoTime();
        // At most a tenth of a second's worth is saved up.
        saved = Math.min(Math.max(1, bytesPerSecond / 10.0), saved + (now - lastNanos) * bytesPerSecond / 1e9);
        lastNanos = now;
        return (int) saved;
    }

    int spend(int bytes) {
        saved -= limited() ? bytes : 0;
        return bytes;
    }
}
