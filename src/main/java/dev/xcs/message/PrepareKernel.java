package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native to have a kernel ready for its first guest; answered when it is. */
public record PrepareKernel(String kernel) implements BusMessage {
    public static final Address<PrepareKernel, Done> ADDRESS = new Address<>("xcs.native.prepare-kernel");
}
