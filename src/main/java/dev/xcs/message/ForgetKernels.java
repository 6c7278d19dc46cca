package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import org.jspecify.annotations.Nullable;

/**
 * Asks native to forget kernels that are kept unpacked.
 *
 * @param key of one; absent for all that nothing is built with
 */
public record ForgetKernels(@Nullable String key) implements BusMessage {
    public static final Address<ForgetKernels, Done> ADDRESS = new Address<>("xcs.native.forget-kernels");
}
