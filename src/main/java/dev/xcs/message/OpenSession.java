package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks for a new session. */
public record OpenSession(String name, long graceSeconds) implements BusMessage {
    public static final Address<OpenSession, SessionShown> ADDRESS = new Address<>("xcs.control.session-open");
}
