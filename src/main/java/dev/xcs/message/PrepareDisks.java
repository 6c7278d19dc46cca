package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.GuestOs;
import java.util.List;
import java.util.UUID;

/**
 * Asks block to get ready what backs the disks of a domain's next boot, and to keep it for that domain until {@link ReleaseDisks}. Either all are
 * ready or none.
 *
 * @param name the domain's, for those who are told that it holds a backing
 */
public record PrepareDisks(UUID uuid, String name, GuestOs guestOs, List<DiskSpec> disks) implements BusMessage {
    public static final Address<PrepareDisks, Done> ADDRESS = new Address<>("xcs.block.prepare");
}
