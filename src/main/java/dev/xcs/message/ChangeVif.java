package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifChange;
import java.util.UUID;

/** Asks for a vif to be changed. */
public record ChangeVif(UUID uuid, int index, VifChange change) implements BusMessage {
    public static final Address<ChangeVif, VifShown> ADDRESS = new Address<>("xcs.domain.change-vif");
}
