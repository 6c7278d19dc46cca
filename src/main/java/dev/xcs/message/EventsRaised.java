package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import java.util.List;

/** Local ports that fired and are masked; overflowed: events may have been lost. */
public record EventsRaised(List<Integer> ports, boolean overflowed) implements BusMessage {}
