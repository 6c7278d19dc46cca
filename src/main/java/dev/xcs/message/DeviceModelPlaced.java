package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/**
 * A device model is known of.
 *
 * @param firmware what hvmloader calls the firmware of its guest
 */
public record DeviceModelPlaced(String firmware) implements BusMessage {}
