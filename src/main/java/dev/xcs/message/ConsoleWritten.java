package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** How many bytes found room in the input ring. */
public record ConsoleWritten(int accepted) implements BusMessage {}
