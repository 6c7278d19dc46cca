package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks for the first bytes that are kept of a console from an offset on, at most so many. */
public record ReadConsoleLog(UUID uuid, long from, int atMost) implements BusMessage {
    public static final Address<ReadConsoleLog, ConsoleLogRead> ADDRESS = new Address<>("xcs.console.read");
}
