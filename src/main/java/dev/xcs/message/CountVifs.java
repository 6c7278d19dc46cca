package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks network what went through every vif that it gave away. */
public record CountVifs() implements BusMessage {
    public static final Address<CountVifs, VifsCounted> ADDRESS = new Address<>("xcs.network.count");
}
