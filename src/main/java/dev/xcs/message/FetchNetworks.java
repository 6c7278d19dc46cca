package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks network for the networks of this host. */
public record FetchNetworks() implements BusMessage {
    public static final Address<FetchNetworks, NetworksShown> ADDRESS = new Address<>("xcs.network.list");
}
