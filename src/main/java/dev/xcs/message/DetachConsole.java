package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks the console switch to unmap a dead boot's ring; its history stays while the domain does. */
public record DetachConsole(UUID uuid, int domid) implements BusMessage {
    public static final Address<DetachConsole, Done> ADDRESS = new Address<>("xcs.console.detach");
}
