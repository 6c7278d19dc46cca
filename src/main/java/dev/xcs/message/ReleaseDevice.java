package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DeviceNumber;

/** Tells native that a device need not be held any more: it lives as long as its users. */
public record ReleaseDevice(DeviceNumber device) implements BusMessage {
    public static final Address<ReleaseDevice, Done> ADDRESS = new Address<>("xcs.native.release-device");
}
