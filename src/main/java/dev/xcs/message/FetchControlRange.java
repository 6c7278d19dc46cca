package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks which sequence numbers can be read. */
public record FetchControlRange() implements BusMessage {
    public static final Address<FetchControlRange, ControlRange> ADDRESS = new Address<>("xcs.control.range");
}
