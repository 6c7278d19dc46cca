package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for every domain that the hypervisor has. */
public record ListXenDomains() implements BusMessage {
    public static final Address<ListXenDomains, XenDomainsListed> ADDRESS = new Address<>("xcs.native.list");
}
