package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskSpec;
import java.util.List;

/**
 * The disks that a guest has.
 */
public record DisksResumed(List<DiskSpec> disks) implements BusMessage {}
