package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Tells the keeper of device models that a vif is detached: dom0's end of its emulated network card has to go.
 *
 * @param index the vif's
 */
public record RemoveCard(UUID uuid, int index) implements BusMessage {
    public static final Address<RemoveCard, Done> ADDRESS = new Address<>("xcs.model.remove-card");
}
