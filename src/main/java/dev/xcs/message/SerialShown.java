package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/**
 * Where a serial port can be reached: two named pipes, which the device model holds open at both ends, so that what waits in them stays.
 *
 * @param said path of the one that the guest's bytes come out of
 * @param typed path of the one that those for the guest go into
 */
public record SerialShown(String said, String typed) implements BusMessage {}
