package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for the next ports that fire; answered when some did, or empty after a quiet period. */
public record AwaitEvents() implements BusMessage {
    public static final Address<AwaitEvents, EventsRaised> ADDRESS = new Address<>("xcs.native.await");
}
