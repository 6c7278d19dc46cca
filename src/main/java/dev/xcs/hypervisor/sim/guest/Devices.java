package dev.xcs.hypervisor.sim.guest;

import java.util.List;

/** Names that guests give to virtual devices. */
final class Devices {
    private static final int XVD_MAJOR = 202;

    private Devices() {}

    /** {@code xvda} for 51712; other numbers as they are. */
    static String linuxDisk(String id) {
        if (!id.matches("[0-9]{1,9}") || Integer.parseInt(id) >> 8 != XVD_MAJOR) {
            return "vbd-" + id;
        }
        int minor = Integer.parseInt(id) & 0xff;
        return "xvd" + (char) ('a' + (minor >> 4)) + ((minor & 15) == 0 ? "" : String.valueOf(minor & 15));
    }

    /** {@code xbd0} for the first of the disks. */
    static String netbsdDisk(List<String> ids, String id) {
        return "xbd" + ids.indexOf(id);
    }
}
