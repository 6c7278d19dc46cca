package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to remove all that was made for a network. */
public record RemoveHostNetwork(String name) implements BusMessage {
    public static final Address<RemoveHostNetwork, Done> ADDRESS = new Address<>("xcs.native.network-remove");
}
