package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** The last sequence number whose message is older than the time that was asked for; the one before the first if none is. */
public record ControlLocated(long before) implements BusMessage {}
