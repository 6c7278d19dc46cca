package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DeviceNumber;

/** Asks native to let a device have the size of what is behind it by now. */
public record RefreshDevice(DeviceNumber device) implements BusMessage {
    public static final Address<RefreshDevice, DeviceSized> ADDRESS = new Address<>("xcs.native.refresh-device");
}
