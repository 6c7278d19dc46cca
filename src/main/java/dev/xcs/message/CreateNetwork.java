package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.NetworkSpec;

/** Asks network for one more network; answered when it works. */
public record CreateNetwork(NetworkSpec network) implements BusMessage {
    public static final Address<CreateNetwork, NetworkShown> ADDRESS = new Address<>("xcs.network.create");
}
