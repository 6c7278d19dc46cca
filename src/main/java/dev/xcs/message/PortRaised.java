package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Tells the owner of a port that it fired; the port stays masked until the owner has answered. */
public record PortRaised(int domid, int port) implements BusMessage {
    public static final Address<PortRaised, Done> ADDRESS = new Address<>("xcs.evtchn.raised");
}
