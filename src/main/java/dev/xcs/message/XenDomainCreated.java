package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** The domid of a domain that was just made. */
public record XenDomainCreated(int domid) implements BusMessage {}
