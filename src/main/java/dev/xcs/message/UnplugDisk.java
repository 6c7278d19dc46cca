package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.GuestOs;
import java.util.UUID;

/**
 * Asks block to take a disk away from a domain that is booted.
 *
 * @param force whether it is taken away also when the guest does not give it up
 */
public record UnplugDisk(UUID uuid, int domid, GuestOs guestOs, String vdev, boolean force) implements BusMessage {
    public static final Address<UnplugDisk, DiskUnplugged> ADDRESS = new Address<>("xcs.block.unplug");
}
