package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** A viewer writes no more; done also when it did not hold the lease. */
public record ReleaseLease(UUID uuid, String viewer) implements BusMessage {
    public static final Address<ReleaseLease, Done> ADDRESS = new Address<>("xcs.console.release-lease");
}
