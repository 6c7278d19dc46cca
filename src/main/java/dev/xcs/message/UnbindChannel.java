package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to give a local port back. */
public record UnbindChannel(int port) implements BusMessage {
    public static final Address<UnbindChannel, Done> ADDRESS = new Address<>("xcs.native.unbind");
}
