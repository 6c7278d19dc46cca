package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DomainType;
import java.util.UUID;

/** Asks native for an empty, paused domain. */
public record CreateXenDomain(UUID handle, DomainType type, int vcpus) implements BusMessage {
    public static final Address<CreateXenDomain, XenDomainCreated> ADDRESS = new Address<>("xcs.native.create");
}
