package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Asks where the first serial port of an HVM guest that runs can be reached. */
public record FetchSerial(UUID uuid) implements BusMessage {
    public static final Address<FetchSerial, SerialShown> ADDRESS = new Address<>("xcs.model.serial");
}
