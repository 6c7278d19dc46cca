package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for the network interfaces of dom0. */
public record ListLinks() implements BusMessage {
    public static final Address<ListLinks, LinksListed> ADDRESS = new Address<>("xcs.native.links");
}
