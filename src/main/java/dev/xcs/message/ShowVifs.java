package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.List;
import java.util.UUID;

/** Asks network what vifs a domain has; with a domid of -1, where it has no boot, they are shown as they are written down. */
public record ShowVifs(UUID uuid, int domid, List<VifSpec> vifs) implements BusMessage {
    public static final Address<ShowVifs, VifsShown> ADDRESS = new Address<>("xcs.network.show");
}
