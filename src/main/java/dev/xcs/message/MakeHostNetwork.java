package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.HostNetwork;

/** Asks native to make, or to mend, what a network needs in dom0. */
public record MakeHostNetwork(HostNetwork network) implements BusMessage {
    public static final Address<MakeHostNetwork, Done> ADDRESS = new Address<>("xcs.native.network-make");
}
