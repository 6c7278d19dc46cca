package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.ConsoleState;

/** @param viewer what the viewer is called from now on, here and by the others */
public record ConsoleJoined(String viewer, ConsoleState state) implements BusMessage {}
