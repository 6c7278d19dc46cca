package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Tells the keeper of device models that the nodes of a boot are written; answered when its device model runs, so that the guest may. */
public record TakeDeviceModel(UUID uuid) implements BusMessage {
    public static final Address<TakeDeviceModel, Done> ADDRESS = new Address<>("xcs.model.take");
}
