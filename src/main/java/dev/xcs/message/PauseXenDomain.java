package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to pause a domain. */
public record PauseXenDomain(int domid) implements BusMessage {
    public static final Address<PauseXenDomain, Done> ADDRESS = new Address<>("xcs.native.pause");
}
