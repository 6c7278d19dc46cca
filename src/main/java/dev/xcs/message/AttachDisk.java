package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import java.util.UUID;

/**
 * Asks for one more disk; answered when the guest has it, or when it is written down for the next boot.
 */
public record AttachDisk(UUID uuid, DiskSpec disk) implements BusMessage {
    public static final Address<AttachDisk, DiskShown> ADDRESS = new Address<>("xcs.domain.attach-disk");
}
