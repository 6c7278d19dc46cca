package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/** The history that is left, and the offset of its first byte since the domain was made. */
public record ConsoleOpened(long offset, Buffer replay) implements BusMessage {}
