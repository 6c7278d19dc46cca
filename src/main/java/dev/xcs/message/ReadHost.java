package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for the host. */
public record ReadHost() implements BusMessage {
    public static final Address<ReadHost, HostRead> ADDRESS = new Address<>("xcs.native.host");
}
