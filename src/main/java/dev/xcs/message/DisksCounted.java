package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskCount;
import java.util.List;

/** What went through the disks whose back-ends count. */
public record DisksCounted(List<DiskCount> disks) implements BusMessage {}
