package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Tells network that a boot is gone, or never came to be. */
public record ReleaseVifs(UUID uuid) implements BusMessage {
    public static final Address<ReleaseVifs, Done> ADDRESS = new Address<>("xcs.network.release");
}
