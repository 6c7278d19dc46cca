package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/**
 * Bytes taken from a console ring, in order; may be none.
 *
 * @param frame as {@link ConsoleFrame} has it
 * @param more whether the guest has already printed more than one answer carries: ask again
 * @param first whether these are the first bytes that anybody has taken since the domain was built
 */
public record ConsoleRead(Buffer frame, boolean more, boolean first) implements BusMessage {}
