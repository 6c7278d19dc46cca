package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Published at {@code ADDRESS.at(uuid)}: the writer's terminal has another size. */
public record ConsoleResized(UUID uuid, int columns, int rows) implements BusMessage {
    public static final Address<ConsoleResized, BusMessage> ADDRESS = new Address<>("xcs.console.resized");
}
