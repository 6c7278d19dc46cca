package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native who has a pseudo terminal open, and what was typed there. */
public record PollTerminals() implements BusMessage {
    public static final Address<PollTerminals, TerminalsPolled> ADDRESS = new Address<>("xcs.native.terminal-poll");
}
