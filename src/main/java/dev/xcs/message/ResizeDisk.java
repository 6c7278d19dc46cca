package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.GuestOs;
import java.util.UUID;

/**
 * Asks block to let a guest see the size of a disk as it is to be. A file is made as big; a device has to be so by itself.
 */
public record ResizeDisk(UUID uuid, int domid, GuestOs guestOs, String vdev, long sizeBytes) implements BusMessage {
    public static final Address<ResizeDisk, DiskShown> ADDRESS = new Address<>("xcs.block.resize");
}
