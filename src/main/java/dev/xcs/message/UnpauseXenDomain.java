package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to let a domain run. */
public record UnpauseXenDomain(int domid) implements BusMessage {
    public static final Address<UnpauseXenDomain, Done> ADDRESS = new Address<>("xcs.native.unpause");
}
