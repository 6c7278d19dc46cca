package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.Binding;

/** Gives such a lock back. */
public record UnlockControl(String id, Binding pair) implements BusMessage {
    public static final Address<UnlockControl, SessionShown> ADDRESS = new Address<>("xcs.control.unlock");
}
