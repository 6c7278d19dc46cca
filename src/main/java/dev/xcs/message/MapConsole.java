package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to map the console ring of a domain. */
public record MapConsole(int domid, long frame) implements BusMessage {
    public static final Address<MapConsole, Done> ADDRESS = new Address<>("xcs.native.console-map");
}
