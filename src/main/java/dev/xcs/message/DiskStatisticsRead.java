package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DiskStatistics;
import org.jspecify.annotations.Nullable;

/** What went through it; null when the back-end does not have it. */
public record DiskStatisticsRead(@Nullable DiskStatistics statistics) implements BusMessage {}
