package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.BuildRequest;

/** Asks native to load a kernel into an empty domain. */
public record BuildXenDomain(BuildRequest request) implements BusMessage {
    public static final Address<BuildXenDomain, XenDomainBuilt> ADDRESS = new Address<>("xcs.native.build");
}
