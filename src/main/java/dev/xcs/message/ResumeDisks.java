package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.GuestOs;
import java.util.List;
import java.util.UUID;

/**
 * Asks block to take up the disks of a guest that ran on while the daemon was away.
 *
 * @param disks as they are written down; the answer tells those that the guest really has
 */
public record ResumeDisks(UUID uuid, String name, int domid, GuestOs guestOs, List<DiskSpec> disks)
        implements BusMessage {
    public static final Address<ResumeDisks, DisksResumed> ADDRESS = new Address<>("xcs.block.resume");
}
