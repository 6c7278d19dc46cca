package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.AttachedDevice;

/** A device that stands for a file. */
public record DeviceAttached(AttachedDevice device) implements BusMessage {}
