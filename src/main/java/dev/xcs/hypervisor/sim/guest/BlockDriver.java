package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.GuestOs;
import dev.xcs.model.VirtualDevice;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** blkfront: the disks of a guest by their names. */
final class BlockDriver {
    private final FrontDriver<BlockFront> driver;
    private final Guest guest;

    BlockDriver(Guest guest) {
        this.guest = guest;
        this.driver =
                new FrontDriver<>(guest, "vbd", guest.hardware()::ignoresDisks, nodes -> new BlockFront(guest, nodes));
    }

    FrontDriver<BlockFront> driver() {
        return driver;
    }

    /** The disks that can be used, by their names. */
    Map<String, BlockFront> byName() {
        Map<String, BlockFront> connected = new TreeMap<>();
        for (BlockFront front : driver.devices()) {
            if (front.isConnected()) {
                connected.put(front.name(), front);
            }
        }
        return connected;
    }

    /** What the system calls a new disk; empty when it cannot have it, as the name is taken or the number unknown. */
    Optional<String> nameFor(VirtualDevice device) {
        Collection<String> taken = byName().keySet();
        if (guest.flavour().os() == GuestOs.NETBSD) {
            int unit = 0;
            while (taken.contains("xbd" + unit)) {
                unit++;
            }
            return Optional.of("xbd" + unit);
        }
        return device.shownAs(guest.flavour().os()).filter(name -> !taken.contains(name));
    }
}
