package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.NetworkView;

/** One network as it is now. */
public record NetworkShown(NetworkView network) implements BusMessage {}
