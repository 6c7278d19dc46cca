package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to take a domain's pseudo terminal away, if it has one. */
public record CloseTerminal(int domid) implements BusMessage {
    public static final Address<CloseTerminal, Done> ADDRESS = new Address<>("xcs.native.terminal-close");
}
