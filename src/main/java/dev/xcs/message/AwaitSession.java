package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks for what a session is to get next, after what its stream was given so far; refused when the stream was displaced. */
public record AwaitSession(String id, String stream, int max, long waitMillis) implements BusMessage {
    public static final Address<AwaitSession, ControlArrived> ADDRESS = new Address<>("xcs.control.session-await");
}
