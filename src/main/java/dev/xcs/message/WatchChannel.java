package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks the poller to bind a domain's port and to ask {@link PortRaised} at the owner's address when it fires. */
public record WatchChannel(int domid, int remotePort, String owner) implements BusMessage {
    public static final Address<WatchChannel, ChannelBound> ADDRESS = new Address<>("xcs.evtchn.watch");
}
