package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.ConsoleState;

/** How a domain's console stands. */
public record ConsoleShown(ConsoleState state) implements BusMessage {}
