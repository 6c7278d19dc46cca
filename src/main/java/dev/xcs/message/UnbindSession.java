package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Binding;

/** Takes a binding back. */
public record UnbindSession(String id, Binding binding) implements BusMessage {
    public static final Address<UnbindSession, SessionShown> ADDRESS = new Address<>("xcs.control.session-unbind");
}
