package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.HostInfo;

/** The host as it is now. */
public record HostRead(HostInfo host) implements BusMessage {}
