package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to unmap the console ring of a domain; done also if none is mapped. */
public record UnmapConsole(int domid) implements BusMessage {
    public static final Address<UnmapConsole, Done> ADDRESS = new Address<>("xcs.native.console-unmap");
}
