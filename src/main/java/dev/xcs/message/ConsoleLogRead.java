package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/**
 * Bytes of a console that are kept; none when there are none from there on.
 *
 * @param frame as {@link ConsoleFrame} has it; its offset is later than what was asked for when that is not kept
 * @param expired whether what is missing before it has made room for newer; otherwise it is lost
 */
public record ConsoleLogRead(Buffer frame, boolean expired) implements BusMessage {}
