package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to bind a port that a domain left open for us. */
public record BindChannel(int domid, int remotePort) implements BusMessage {
    public static final Address<BindChannel, ChannelBound> ADDRESS = new Address<>("xcs.native.bind");
}
