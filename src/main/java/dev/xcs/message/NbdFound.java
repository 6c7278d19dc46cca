package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.AttachedDevice;
import org.jspecify.annotations.Nullable;

/** A network block device; its size is 0 while it has no server. Null when there is no such device. */
public record NbdFound(@Nullable AttachedDevice device) implements BusMessage {}
