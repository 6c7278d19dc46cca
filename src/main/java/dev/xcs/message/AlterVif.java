package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifChange;
import java.util.UUID;

/** Asks network to change a vif of a domain that is booted. */
public record AlterVif(UUID uuid, int domid, int index, VifChange change) implements BusMessage {
    public static final Address<AlterVif, VifAltered> ADDRESS = new Address<>("xcs.network.alter");
}
