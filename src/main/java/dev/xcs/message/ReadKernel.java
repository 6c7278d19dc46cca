package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native what a kernel can be booted as. */
public record ReadKernel(String kernel) implements BusMessage {
    public static final Address<ReadKernel, KernelRead> ADDRESS = new Address<>("xcs.native.kernel");
}
