package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DomainSpec;

/** Tells the keeper of device models of a boot of an HVM guest whose nodes are being written. */
public record PlaceDeviceModel(DomainSpec spec, int domid) implements BusMessage {
    public static final Address<PlaceDeviceModel, DeviceModelPlaced> ADDRESS = new Address<>("xcs.model.place");
}
