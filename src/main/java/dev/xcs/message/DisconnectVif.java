package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to take away what was made for the interface of a vif. */
public record DisconnectVif(String name) implements BusMessage {
    public static final Address<DisconnectVif, Done> ADDRESS = new Address<>("xcs.native.vif-disconnect");
}
