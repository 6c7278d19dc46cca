package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** The stream is gone; the session's grace time begins. */
public record DetachSession(String id, String stream) implements BusMessage {
    public static final Address<DetachSession, Done> ADDRESS = new Address<>("xcs.control.session-detach");
}
