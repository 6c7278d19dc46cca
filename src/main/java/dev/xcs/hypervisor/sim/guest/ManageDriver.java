package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.ShutdownReason;

/** Obeys control/shutdown and control/sysrq, as Linux's xen:manage does. */
final class ManageDriver implements Driver {
    private static final String SHUTDOWN = "control/shutdown";
    private static final String SYSRQ = "control/sysrq";

    @Override
    public void start(Guest guest) {
        guest.write("control/feature-poweroff", "1");
        guest.write("control/feature-reboot", "1");
        guest.watch(SHUTDOWN, () -> shutdown(guest));
        guest.watch(SYSRQ, () -> sysrq(guest));
    }

    private static void shutdown(Guest guest) {
        String request = guest.read(SHUTDOWN);
        if (request.isEmpty() || guest.ignoresShutdown()) {
            return;
        }
        switch (request) {
            case "poweroff", "halt" -> {
                guest.write(SHUTDOWN, "");
                guest.goDown(ShutdownReason.POWEROFF);
            }
            case "reboot" -> {
                guest.write(SHUTDOWN, "");
                guest.goDown(ShutdownReason.REBOOT);
            }
            case "suspend" -> {
                guest.write(SHUTDOWN, "");
                guest.printk("xen:manage: simulated guests cannot suspend");
            }
            // As the kernel does: only what it knows is acknowledged.
            default -> guest.printk("xen:manage: Ignoring shutdown request: " + request);
        }
    }

    private static void sysrq(Guest guest) {
        String key = guest.read(SYSRQ);
        if (key.isEmpty()) {
            return;
        }
        guest.write(SYSRQ, "");
        switch (key) {
            case "b" -> guest.end(ShutdownReason.REBOOT);
            case "c" -> guest.panic();
            case "o" -> guest.end(ShutdownReason.POWEROFF);
            default -> guest.printk("sysrq: HELP : reboot(b) crash(c) poweroff(o)");
        }
    }
}
