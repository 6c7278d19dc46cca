package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.GuestOs;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks block to put another medium into a CD drive, or none if the target is null.
 */
public record ChangeMedium(
        UUID uuid,
        String name,
        int domid,
        GuestOs guestOs,
        String vdev,
        @Nullable String target,
        boolean await) implements BusMessage {
    public static final Address<ChangeMedium, MediumChanged> ADDRESS = new Address<>("xcs.block.medium");
}
