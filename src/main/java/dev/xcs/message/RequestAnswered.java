package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.RequestOutcome;

/** The one response to a request. */
public record RequestAnswered(RequestOutcome outcome) implements BusMessage {}
