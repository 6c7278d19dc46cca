package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks for the vifs of a domain. */
public record FetchVifs(UUID uuid) implements BusMessage {
    public static final Address<FetchVifs, VifsShown> ADDRESS = new Address<>("xcs.domain.vifs");
}
