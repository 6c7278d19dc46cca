package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks block what went through every disk that it gave away. */
public record CountDisks() implements BusMessage {
    public static final Address<CountDisks, DisksCounted> ADDRESS = new Address<>("xcs.block.count");
}
