package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Published at {@code ADDRESS.at(uuid)}: the domain is gone and nothing will follow. */
public record ConsoleEnded(UUID uuid) implements BusMessage {
    public static final Address<ConsoleEnded, BusMessage> ADDRESS = new Address<>("xcs.console.ended");
}
