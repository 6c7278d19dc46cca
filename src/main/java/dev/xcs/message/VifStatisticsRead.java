package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifStatistics;
import java.util.Map;

/** What went through them, by name. */
public record VifStatisticsRead(Map<String, VifStatistics> statistics) implements BusMessage {}
