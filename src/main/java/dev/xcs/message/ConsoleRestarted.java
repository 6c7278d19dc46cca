package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Published at {@code ADDRESS.at(uuid)}: another boot prints from an offset on. */
public record ConsoleRestarted(UUID uuid, int boot, int domid, long offset) implements BusMessage {
    public static final Address<ConsoleRestarted, BusMessage> ADDRESS = new Address<>("xcs.console.restarted");
}
