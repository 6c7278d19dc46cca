package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks for every domain, dom0 included. */
public record FetchDomains() implements BusMessage {
    public static final Address<FetchDomains, DomainsShown> ADDRESS = new Address<>("xcs.domain.fetch-all");
}
