package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskChange;
import java.util.UUID;

/**
 * Asks for a disk to be changed while the guest runs.
 *
 * @param change what is to be another
 */
public record ChangeDisk(UUID uuid, String vdev, DiskChange change) implements BusMessage {
    public static final Address<ChangeDisk, DiskShown> ADDRESS = new Address<>("xcs.domain.change-disk");
}
