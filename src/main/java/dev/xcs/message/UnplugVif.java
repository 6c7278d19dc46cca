package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks network to take a vif away from a domain that is booted. */
public record UnplugVif(UUID uuid, int domid, int index, boolean force) implements BusMessage {
    public static final Address<UnplugVif, Done> ADDRESS = new Address<>("xcs.network.unplug");
}
