package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DeviceNumber;
import org.jspecify.annotations.Nullable;

/** Asks native for a network block device: that one, or a free one where it is null. */
public record FindNbd(@Nullable DeviceNumber device) implements BusMessage {
    public static final Address<FindNbd, NbdFound> ADDRESS = new Address<>("xcs.native.find-nbd");
}
