package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** How big a device is. */
public record DeviceSized(long sizeBytes) implements BusMessage {}
