package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to limit what a domain may populate, in KiB. */
public record LimitXenMemory(int domid, long maxKib) implements BusMessage {
    public static final Address<LimitXenMemory, Done> ADDRESS = new Address<>("xcs.native.limit-memory");
}
