package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/** Bytes taken from a console ring, in order; may be empty. */
public record ConsoleRead(Buffer bytes) implements BusMessage {}
