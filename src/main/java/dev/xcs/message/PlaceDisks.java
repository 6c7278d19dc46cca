package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Asks block for the nodes of the prepared disks, to be written in the transaction that makes the domain.
 */
public record PlaceDisks(UUID uuid, int domid) implements BusMessage {
    public static final Address<PlaceDisks, DisksPlaced> ADDRESS = new Address<>("xcs.block.place");
}
