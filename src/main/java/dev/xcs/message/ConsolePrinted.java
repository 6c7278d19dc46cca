package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/**
 * Published at {@code ADDRESS.at(uuid)}: bytes a guest printed.
 *
 * @param frame as {@link ConsoleFrame} has it
 */
public record ConsolePrinted(UUID uuid, Buffer frame) implements BusMessage {
    public static final Address<ConsolePrinted, BusMessage> ADDRESS = new Address<>("xcs.console.printed");
}
