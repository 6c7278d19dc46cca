package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Binding;
import java.util.List;

/** Asks for a new session, bound to these from now on. */
public record OpenSession(String name, long graceSeconds, List<Binding> bindings) implements BusMessage {
    public static final Address<OpenSession, SessionShown> ADDRESS = new Address<>("xcs.control.session-open");

    public OpenSession {
        bindings = List.copyOf(bindings);
    }
}
