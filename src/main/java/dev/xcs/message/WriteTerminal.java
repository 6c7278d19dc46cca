package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/** Asks native to show bytes on a domain's pseudo terminal, as far as there is room. */
public record WriteTerminal(int domid, Buffer bytes) implements BusMessage {
    public static final Address<WriteTerminal, ConsoleWritten> ADDRESS = new Address<>("xcs.native.terminal-write");
}
