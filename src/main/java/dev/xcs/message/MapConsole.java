package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/**
 * Asks native to map the console ring of a domain.
 *
 * @param adopted whether the boot is older than this daemon, which may have read its ring before
 */
public record MapConsole(UUID uuid, int domid, long frame, boolean adopted) implements BusMessage {
    public static final Address<MapConsole, Done> ADDRESS = new Address<>("xcs.native.console-map");
}
