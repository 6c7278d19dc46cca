package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for a loop device of a file; held until {@link ReleaseDevice}. */
public record AttachLoop(String file, boolean readOnly) implements BusMessage {
    public static final Address<AttachLoop, DeviceAttached> ADDRESS = new Address<>("xcs.native.attach-loop");
}
