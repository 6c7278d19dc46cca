package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** The writer's terminal has this size; the others are told, the guest is not: its console has none. */
public record ResizeConsole(UUID uuid, String viewer, int columns, int rows) implements BusMessage {
    public static final Address<ResizeConsole, Done> ADDRESS = new Address<>("xcs.console.resize");
}
