package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.Set;

/** Asks native what went through interfaces of vifs. */
public record ReadVifStatistics(Set<String> names) implements BusMessage {
    public static final Address<ReadVifStatistics, VifStatisticsRead> ADDRESS =
            new Address<>("xcs.native.vif-statistics");
}
