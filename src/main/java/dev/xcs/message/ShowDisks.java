package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.GuestOs;
import java.util.List;
import java.util.UUID;

/**
 * Asks block what disks a domain has.
 *
 * @param domid -1 where it has no boot: then they are shown as they are written down
 */
public record ShowDisks(UUID uuid, int domid, GuestOs guestOs, List<DiskSpec> disks) implements BusMessage {
    public static final Address<ShowDisks, DisksShown> ADDRESS = new Address<>("xcs.block.show");
}
