package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Asks for a disk to be taken away.
 *
 * @param vdev its name in any form, or its number
 * @param force whether also when the guest does not give it up
 */
public record DetachDisk(UUID uuid, String vdev, boolean force) implements BusMessage {
    public static final Address<DetachDisk, Done> ADDRESS = new Address<>("xcs.domain.detach-disk");
}
