package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to kill a domain; it may stay listed as dying. */
public record DestroyXenDomain(int domid) implements BusMessage {
    public static final Address<DestroyXenDomain, Done> ADDRESS = new Address<>("xcs.native.destroy");
}
