package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks for what a new viewer is shown first. */
public record OpenConsole(UUID uuid) implements BusMessage {
    public static final Address<OpenConsole, ConsoleOpened> ADDRESS = new Address<>("xcs.console.open");
}
