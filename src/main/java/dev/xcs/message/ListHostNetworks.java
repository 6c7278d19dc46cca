package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native what there is in dom0 that was made for networks and vifs. */
public record ListHostNetworks() implements BusMessage {
    public static final Address<ListHostNetworks, HostNetworksListed> ADDRESS = new Address<>("xcs.native.networks");
}
