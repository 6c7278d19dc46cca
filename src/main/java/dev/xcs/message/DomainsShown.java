package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.Domain;
import java.util.List;

/** Every domain, by domid. */
public record DomainsShown(List<Domain> domains) implements BusMessage {}
