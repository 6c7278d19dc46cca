package dev.xcs.hypervisor.sim.guest;

/**
 * One line of a boot log.
 *
 * @param seconds when a real kernel would print it, since its start
 * @param stage what the kernel has reached with this line
 */
record BootLine(double seconds, String text, Stage stage) {
    enum Stage {
        NONE,
        CPUS,
        XENBUS
    }

    BootLine(double seconds, String text) {
        this(seconds, text, Stage.NONE);
    }
}
