package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks network for the nodes of the prepared vifs, to be written in the transaction that makes the domain. */
public record PlaceVifs(UUID uuid, int domid) implements BusMessage {
    public static final Address<PlaceVifs, VifsPlaced> ADDRESS = new Address<>("xcs.network.place");
}
