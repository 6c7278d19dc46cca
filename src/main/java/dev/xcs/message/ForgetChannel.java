package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks the poller to unbind a local port. */
public record ForgetChannel(int port) implements BusMessage {
    public static final Address<ForgetChannel, Done> ADDRESS = new Address<>("xcs.evtchn.forget");
}
