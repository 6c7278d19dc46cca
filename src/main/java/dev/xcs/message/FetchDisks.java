package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Asks for the disks of a domain.
 */
public record FetchDisks(UUID uuid) implements BusMessage {
    public static final Address<FetchDisks, DisksShown> ADDRESS = new Address<>("xcs.domain.disks");
}
