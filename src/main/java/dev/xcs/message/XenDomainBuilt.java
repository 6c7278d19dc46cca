package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.BuiltDomain;

/** What the build left to be published. */
public record XenDomainBuilt(BuiltDomain built) implements BusMessage {}
