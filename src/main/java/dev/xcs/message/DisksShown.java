package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskView;
import java.util.List;

/**
 * Disks, by ascending virtual device number.
 */
public record DisksShown(List<DiskView> disks) implements BusMessage {}
