package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks how a domain's console stands. */
public record FetchConsole(UUID uuid) implements BusMessage {
    public static final Address<FetchConsole, ConsoleShown> ADDRESS = new Address<>("xcs.console.fetch");
}
