package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** A viewer types; answered when the bytes are queued, refused when it has no lease or the queue is full. */
public record TypeConsole(UUID uuid, String viewer, Buffer bytes) implements BusMessage {
    public static final Address<TypeConsole, Done> ADDRESS = new Address<>("xcs.console.type");
}
