package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Tells block that a boot is gone, or never came to be: what backed its disks is given back.
 */
public record ReleaseDisks(UUID uuid) implements BusMessage {
    public static final Address<ReleaseDisks, Done> ADDRESS = new Address<>("xcs.block.release");
}
