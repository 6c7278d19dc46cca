package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/** Asks native to type bytes on a domain's attached terminal, as far as there is room. */
public record TypeTerminal(int domid, Buffer bytes) implements BusMessage {
    public static final Address<TypeTerminal, ConsoleWritten> ADDRESS = new Address<>("xcs.native.terminal-type");
}
