package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Tells the keeper of device models of a boot that is older than this daemon: where its device model is gone, its guest has crashed. */
public record ResumeDeviceModel(UUID uuid, int domid) implements BusMessage {
    public static final Address<ResumeDeviceModel, Done> ADDRESS = new Address<>("xcs.model.resume");
}
