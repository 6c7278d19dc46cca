package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Tells network that the nodes of the prepared vifs are written: from now on they are its own. Answered when they are on their
 * networks, so that the guest may run. */
public record TakeVifs(UUID uuid) implements BusMessage {
    public static final Address<TakeVifs, Done> ADDRESS = new Address<>("xcs.network.take");
}
