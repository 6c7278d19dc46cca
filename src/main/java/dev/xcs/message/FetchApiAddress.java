package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks where the API listens; nobody answers before it does. */
public record FetchApiAddress() implements BusMessage {
    public static final Address<FetchApiAddress, ListenAddress> ADDRESS = new Address<>("xcs.api.address");
}
