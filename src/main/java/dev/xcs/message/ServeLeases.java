package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Lease;
import java.util.List;

/** Tells native, on a host that answers DHCP itself, what to answer. */
public record ServeLeases(String network, List<Lease> leases) implements BusMessage {
    public static final Address<ServeLeases, Done> ADDRESS = new Address<>("xcs.native.leases");
}
