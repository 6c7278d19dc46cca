package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.GuestOs;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Asks the console switch to own the console of one boot of a domain, from before it runs until it is dead.
 *
 * @param os whose banner and prompt are looked for
 * @param serial whether the domain has a serial port, which is its console then beside the ring
 * @param begun when the making of this boot began; null for a boot that is older than this daemon
 */
public record AttachConsole(
        UUID uuid,
        int domid,
        long frame,
        int remotePort,
        GuestOs os,
        boolean serial,
        @Nullable Instant begun) implements BusMessage {
    public static final Address<AttachConsole, Done> ADDRESS = new Address<>("xcs.console.attach");

    /** Whether the boot is older than this daemon. */
    public boolean adopted() {
        return begun == null;
    }
}
