package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.UUID;

/** Asks for one more vif; answered when the guest has it, or when it is written down for the next boot. */
public record AttachVif(UUID uuid, VifSpec vif) implements BusMessage {
    public static final Address<AttachVif, VifShown> ADDRESS = new Address<>("xcs.domain.attach-vif");
}
