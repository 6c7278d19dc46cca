package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.DeviceNumber;

/** Asks native what went through a disk. */
public record ReadDiskStatistics(int domid, long virtualDevice, DeviceNumber device) implements BusMessage {
    public static final Address<ReadDiskStatistics, DiskStatisticsRead> ADDRESS =
            new Address<>("xcs.native.disk-statistics");
}
