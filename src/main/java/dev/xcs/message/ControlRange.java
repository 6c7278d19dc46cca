package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** The oldest that can be read and the one that comes next. */
public record ControlRange(long first, long next) implements BusMessage {}
