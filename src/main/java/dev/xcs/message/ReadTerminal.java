package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to take what another tool shows on a domain's attached terminal; nobody else gets these bytes. */
public record ReadTerminal(int domid) implements BusMessage {
    public static final Address<ReadTerminal, TerminalRead> ADDRESS = new Address<>("xcs.native.terminal-read");
}
