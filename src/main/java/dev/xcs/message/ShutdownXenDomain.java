package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.ShutdownReason;

/** Asks native to mark a domain as shut down without asking the guest. */
public record ShutdownXenDomain(int domid, ShutdownReason reason) implements BusMessage {
    public static final Address<ShutdownXenDomain, Done> ADDRESS = new Address<>("xcs.native.shutdown");
}
