package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Binding;

/** Asks that only this session may send requests of a type to a domain. */
public record LockControl(String id, Binding pair) implements BusMessage {
    public static final Address<LockControl, SessionShown> ADDRESS = new Address<>("xcs.control.lock");
}
