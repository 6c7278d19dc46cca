package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.KernelCacheView;

/** The kernel cache as it is. */
public record KernelCacheShown(KernelCacheView cache) implements BusMessage {}
