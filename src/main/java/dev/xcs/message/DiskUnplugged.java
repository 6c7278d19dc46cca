package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/**
 * Which disk it was, by its virtual device number.
 */
public record DiskUnplugged(int virtualDevice) implements BusMessage {}
