package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.HostLink;
import java.util.List;

/** The network interfaces of dom0. */
public record LinksListed(List<HostLink> links) implements BusMessage {}
