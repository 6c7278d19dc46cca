package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Tells network that a boot is dead and its nodes are there still: what has to see them is done now.
 */
public record EndVifs(UUID uuid, int domid) implements BusMessage {
    public static final Address<EndVifs, Done> ADDRESS = new Address<>("xcs.network.end");
}
