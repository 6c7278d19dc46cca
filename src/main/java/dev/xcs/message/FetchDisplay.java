package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks where the display of an HVM guest can be reached. */
public record FetchDisplay(UUID uuid) implements BusMessage {
    public static final Address<FetchDisplay, DisplayShown> ADDRESS = new Address<>("xcs.model.display");
}
