package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DeviceNumber;

/** Asks native to keep a loop device of an earlier run from going away. */
public record HoldDevice(DeviceNumber device) implements BusMessage {
    public static final Address<HoldDevice, Done> ADDRESS = new Address<>("xcs.native.hold-device");
}
