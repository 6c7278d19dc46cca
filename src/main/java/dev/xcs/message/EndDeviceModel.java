package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Tells the keeper of device models that a domain's boot is dead: its device model has to go, it maps the guest's memory. */
public record EndDeviceModel(UUID uuid) implements BusMessage {
    public static final Address<EndDeviceModel, Done> ADDRESS = new Address<>("xcs.model.end");
}
