package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Attaches a stream to a session; a stream that was attached before is displaced. With after at least 0, everything up to it counts as received. */
public record AttachSession(String id, String stream, long after) implements BusMessage {
    public static final Address<AttachSession, SessionShown> ADDRESS = new Address<>("xcs.control.session-attach");
}
