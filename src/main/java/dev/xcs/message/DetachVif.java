package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks for a vif to be taken away; by force also when the guest does not give it up. */
public record DetachVif(UUID uuid, int index, boolean force) implements BusMessage {
    public static final Address<DetachVif, Done> ADDRESS = new Address<>("xcs.domain.detach-vif");
}
