package dev.xcs.hypervisor.sim.guest;

/** Follows memory/target. */
final class BalloonDriver implements Driver {
    private static final String TARGET = "memory/target";
    /** A guest does not balloon itself to death. */
    private static final long LEAST_KIB = 8192;

    @Override
    public void start(Guest guest) {
        guest.watch(TARGET, () -> follow(guest));
    }

    private static void follow(Guest guest) {
        String target = guest.read(TARGET);
        if (target.matches("[0-9]{1,15}")) {
            guest.hardware().balloon(Math.max(LEAST_KIB, Long.parseLong(target)));
        }
    }
}
