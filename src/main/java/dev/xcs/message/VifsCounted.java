package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifCount;
import java.util.List;

/** What went through the vifs that are counted. */
public record VifsCounted(List<VifCount> vifs) implements BusMessage {}
