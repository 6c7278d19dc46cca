package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.UUID;

/** Asks network to attach a vif to a domain that is booted. */
public record PlugVif(UUID uuid, String name, int domid, VifSpec vif, boolean await) implements BusMessage {
    public static final Address<PlugVif, VifShown> ADDRESS = new Address<>("xcs.network.plug");
}
