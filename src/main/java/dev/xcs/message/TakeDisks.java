package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Tells block that the nodes of the prepared disks are written: from now on the devices are its own. Answered when the guest may run.
 */
public record TakeDisks(UUID uuid) implements BusMessage {
    public static final Address<TakeDisks, Done> ADDRESS = new Address<>("xcs.block.take");
}
