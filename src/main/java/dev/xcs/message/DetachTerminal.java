package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to close what {@link AttachTerminal} has opened for a domain, if anything is. */
public record DetachTerminal(int domid) implements BusMessage {
    public static final Address<DetachTerminal, Done> ADDRESS = new Address<>("xcs.native.terminal-detach");
}
