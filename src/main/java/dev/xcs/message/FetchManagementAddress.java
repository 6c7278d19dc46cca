package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks where health and metrics are served; nobody answers before they are. */
public record FetchManagementAddress() implements BusMessage {
    public static final Address<FetchManagementAddress, ListenAddress> ADDRESS = new Address<>("xcs.metrics.address");
}
