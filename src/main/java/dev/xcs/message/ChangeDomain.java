package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DesiredState;
import java.util.UUID;

/** Asks for a new state of a domain; answered when it is reached (shutdown and reboot: when the guest took the request). */
public record ChangeDomain(UUID uuid, DesiredState state) implements BusMessage {
    public static final Address<ChangeDomain, DomainShown> ADDRESS = new Address<>("xcs.domain.change");
}
