package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Asks how a domain's console stands.
 *
 * @param foreign whether another tool made the domain
 */
public record FetchConsole(UUID uuid, boolean foreign) implements BusMessage {
    public static final Address<FetchConsole, ConsoleShown> ADDRESS = new Address<>("xcs.console.fetch");
}
