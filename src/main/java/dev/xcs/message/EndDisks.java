package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Tells block that a boot is dead, before its nodes are removed: hotplug scripts undo what they did while they can still read those. Answered
 * when they have; {@link ReleaseDisks} follows.
 */
public record EndDisks(UUID uuid, int domid) implements BusMessage {
    public static final Address<EndDisks, Done> ADDRESS = new Address<>("xcs.block.end");
}
