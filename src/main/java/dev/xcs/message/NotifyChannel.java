package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to raise the event at the other end of a local port. */
public record NotifyChannel(int port) implements BusMessage {
    public static final Address<NotifyChannel, Done> ADDRESS = new Address<>("xcs.native.notify");
}
