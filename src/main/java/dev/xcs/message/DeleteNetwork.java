package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks network to remove a network that no vif is on. */
public record DeleteNetwork(String name) implements BusMessage {
    public static final Address<DeleteNetwork, Done> ADDRESS = new Address<>("xcs.network.delete");
}
