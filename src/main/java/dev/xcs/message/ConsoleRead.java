package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/**
 * Bytes taken from a console ring, in order; may be empty.
 *
 * @param more whether the guest has already printed more than one answer carries: ask again
 */
public record ConsoleRead(Buffer bytes, boolean more) implements BusMessage {}
