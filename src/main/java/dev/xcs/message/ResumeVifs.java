package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.List;
import java.util.UUID;

/** Asks network to take up the vifs of a guest that ran on while the daemon was away. */
public record ResumeVifs(UUID uuid, String name, int domid, List<VifSpec> vifs) implements BusMessage {
    public static final Address<ResumeVifs, VifsResumed> ADDRESS = new Address<>("xcs.network.resume");
}
