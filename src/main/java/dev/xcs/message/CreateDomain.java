package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DomainSpec;

/** Asks for a new domain; answered when it runs (or is paused, if that was asked). */
public record CreateDomain(DomainSpec spec) implements BusMessage {
    public static final Address<CreateDomain, DomainShown> ADDRESS = new Address<>("xcs.domain.create");
}
