package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Everything up to this sequence number has reached the tool. */
public record AcknowledgeSession(String id, long sequence) implements BusMessage {
    public static final Address<AcknowledgeSession, Done> ADDRESS = new Address<>("xcs.control.session-acknowledge");
}
