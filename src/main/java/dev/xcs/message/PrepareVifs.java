package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.List;
import java.util.UUID;

/** Asks network to get ready the vifs of a domain's next boot, and to keep what they take for that domain until {@link ReleaseVifs}. Either all are
 * ready or none. */
public record PrepareVifs(UUID uuid, String name, List<VifSpec> vifs) implements BusMessage {
    public static final Address<PrepareVifs, VifsPrepared> ADDRESS = new Address<>("xcs.network.prepare");
}
