package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** It is done; there is nothing to tell. */
public record Done() implements BusMessage {}
