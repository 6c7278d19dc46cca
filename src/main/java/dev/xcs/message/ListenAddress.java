package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** Where a server listens: the host as configured, and the port that it got. */
public record ListenAddress(String host, int port) implements BusMessage {}
