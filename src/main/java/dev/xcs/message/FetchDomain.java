package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks for one domain. */
public record FetchDomain(UUID uuid) implements BusMessage {
    public static final Address<FetchDomain, DomainShown> ADDRESS = new Address<>("xcs.domain.fetch");
}
