package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifPort;

/** Asks native to put the interface of a vif where it belongs. */
public record ConnectVif(VifPort port) implements BusMessage {
    public static final Address<ConnectVif, Done> ADDRESS = new Address<>("xcs.native.vif-connect");
}
