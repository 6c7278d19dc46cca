package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/**
 * Asks the poller to unbind a local port; done also if it is not watched.
 *
 * @param domid whose port it was: a local port number is soon given to another domain
 */
public record ForgetChannel(int domid, int port) implements BusMessage {
    public static final Address<ForgetChannel, Done> ADDRESS = new Address<>("xcs.evtchn.forget");
}
