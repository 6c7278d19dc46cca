package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for what the guest printed; taken from the ring, the guest is notified by the given local port. */
public record ReadConsole(int domid, int port) implements BusMessage {
    public static final Address<ReadConsole, ConsoleRead> ADDRESS = new Address<>("xcs.native.console-read");
}
