package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks the console switch to own the console of one boot of a domain, from before it runs until it is dead. */
public record AttachConsole(UUID uuid, int domid, long frame, int remotePort) implements BusMessage {
    public static final Address<AttachConsole, Done> ADDRESS = new Address<>("xcs.console.attach");
}
