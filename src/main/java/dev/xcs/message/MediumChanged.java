package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DiskView;

/**
 * The drive as it is now.
 */
public record MediumChanged(DiskSpec disk, DiskView view) implements BusMessage {}
