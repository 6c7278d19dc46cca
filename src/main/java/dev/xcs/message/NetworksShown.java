package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.NetworkView;
import java.util.List;

/** Networks, by name. */
public record NetworksShown(List<NetworkView> networks) implements BusMessage {}
