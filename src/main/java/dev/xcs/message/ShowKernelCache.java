package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native which kernels are kept unpacked. */
public record ShowKernelCache() implements BusMessage {
    public static final Address<ShowKernelCache, KernelCacheShown> ADDRESS = new Address<>("xcs.native.kernel-cache");
}
