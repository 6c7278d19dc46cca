package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Binding;

/** Asks that a session gets what a binding matches, from now on. */
public record BindSession(String id, Binding binding) implements BusMessage {
    public static final Address<BindSession, SessionShown> ADDRESS = new Address<>("xcs.control.session-bind");
}
