package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.DomainInfo;
import java.util.List;

/** Every domain, by ascending domid. */
public record XenDomainsListed(List<DomainInfo> domains) implements BusMessage {}
