package dev.xcs.hypervisor.sim.guest;

/**
 * Follows cpu/N/availability. Unlike a bare Linux it also brings a cpu back online by itself, as one with the usual udev rule does.
 */
final class CpuDriver implements Driver {
    @Override
    public void start(Guest guest) {
        guest.watch("cpu", () -> follow(guest));
    }

    private static void follow(Guest guest) {
        int online = 1;
        for (int cpu = 1; cpu < guest.hardware().vcpus(); cpu++) {
            online += guest.read("cpu/" + cpu + "/availability").equals("offline") ? 0 : 1;
        }
        guest.hardware().onlineVcpus(online);
    }
}
