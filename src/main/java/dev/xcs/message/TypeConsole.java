package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** Asks to type bytes into a domain's console; answered when they are queued, refused when the queue is full. */
public record TypeConsole(UUID uuid, Buffer bytes) implements BusMessage {
    public static final Address<TypeConsole, Done> ADDRESS = new Address<>("xcs.console.type");
}
