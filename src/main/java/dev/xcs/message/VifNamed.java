package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** The name of an interface. */
public record VifNamed(String name) implements BusMessage {}
