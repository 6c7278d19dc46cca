package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.ConsoleLease;
import java.util.UUID;

/**
 * Published at {@code ADDRESS.at(uuid)}: another one writes, or nobody.
 *
 * @param reason granted, released, stolen, idle (nothing was typed for too long) or gone (who held it is)
 */
public record LeaseChanged(UUID uuid, ConsoleLease lease, String reason) implements BusMessage {
    public static final Address<LeaseChanged, BusMessage> ADDRESS = new Address<>("xcs.console.lease");
}
