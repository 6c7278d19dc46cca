package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks for one session. */
public record FetchSession(String id) implements BusMessage {
    public static final Address<FetchSession, SessionShown> ADDRESS = new Address<>("xcs.control.session-fetch");
}
