package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.GuestOs;
import java.util.UUID;

/**
 * Asks block to attach a disk to a domain that is booted.
 *
 * @param await whether the guest runs, so that it can be waited for
 */
public record PlugDisk(UUID uuid, String name, int domid, GuestOs guestOs, DiskSpec disk, boolean await)
        implements BusMessage {
    public static final Address<PlugDisk, DiskShown> ADDRESS = new Address<>("xcs.block.plug");
}
