package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

/** Asks native to put bytes into the input ring and to notify the guest by the given local port. */
public record WriteConsole(int domid, int port, Buffer bytes) implements BusMessage {
    public static final Address<WriteConsole, ConsoleWritten> ADDRESS = new Address<>("xcs.native.console-write");
}
