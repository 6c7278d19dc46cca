package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native what a kernel of the simulated host is, {@code sim:linux} for example; fails for one that there is not. */
public record FindSimKernel(String name) implements BusMessage {
    public static final Address<FindSimKernel, SimKernelFound> ADDRESS = new Address<>("xcs.native.find-sim-kernel");
}
