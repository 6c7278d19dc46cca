package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for a pseudo terminal on which a domain's console is to be seen. */
public record OpenTerminal(int domid) implements BusMessage {
    public static final Address<OpenTerminal, TerminalOpened> ADDRESS = new Address<>("xcs.native.terminal-open");
}
