package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** The local port of a bound event channel. */
public record ChannelBound(int port) implements BusMessage {}
