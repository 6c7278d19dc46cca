package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.Domain;

/** One domain as it is now. */
public record DomainShown(Domain domain) implements BusMessage {}
