package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskView;

/**
 * One disk as it is now.
 */
public record DiskShown(DiskView disk) implements BusMessage {}
