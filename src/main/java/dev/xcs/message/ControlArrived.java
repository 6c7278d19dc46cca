package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.EventBatch;

/** The next messages, and a gap where the journal no longer has them. */
public record ControlArrived(EventBatch batch) implements BusMessage {}
