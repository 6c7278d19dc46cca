package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** A viewer looks no more; what it held is free. */
public record LeaveConsole(UUID uuid, String viewer) implements BusMessage {
    public static final Address<LeaveConsole, Done> ADDRESS = new Address<>("xcs.console.leave");
}
