package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** A viewer wants to write. @param steal whether also when another holds the lease */
public record TakeLease(UUID uuid, String viewer, boolean steal) implements BusMessage {
    public static final Address<TakeLease, Done> ADDRESS = new Address<>("xcs.console.take-lease");
}
