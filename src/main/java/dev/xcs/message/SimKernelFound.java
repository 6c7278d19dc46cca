package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.ImageReport;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel of the simulated host is.
 *
 * @param image null on a real host, which has none
 */
public record SimKernelFound(@Nullable ImageReport image) implements BusMessage {}
