package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/**
 * Bytes taken from an attached terminal, in order; may be none.
 *
 * @param over whether its other end is closed, so that no more will come: the domain is gone, or the tool
 */
public record TerminalRead(Buffer bytes, boolean over) implements BusMessage {}
