package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks the console switch to drop a domain's history and to end its viewers. */
public record ForgetConsole(UUID uuid) implements BusMessage {
    public static final Address<ForgetConsole, Done> ADDRESS = new Address<>("xcs.console.forget");
}
