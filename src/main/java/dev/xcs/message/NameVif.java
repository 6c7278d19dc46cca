package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native what the back-end calls the interface of a vif. */
public record NameVif(int domid, int index) implements BusMessage {
    public static final Address<NameVif, VifNamed> ADDRESS = new Address<>("xcs.native.vif-name");
}
