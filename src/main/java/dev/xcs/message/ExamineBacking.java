package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DeviceNumber;
import org.jspecify.annotations.Nullable;

/** Asks native what is at a path of dom0, or, where that is null, what a device number is. */
public record ExamineBacking(
        @Nullable String path, @Nullable DeviceNumber device) implements BusMessage {
    public static final Address<ExamineBacking, BackingExamined> ADDRESS = new Address<>("xcs.native.examine");
}
