package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Ends a session: bindings and locks go, its stream ends. */
public record CloseSession(String id) implements BusMessage {
    public static final Address<CloseSession, Done> ADDRESS = new Address<>("xcs.control.session-close");
}
