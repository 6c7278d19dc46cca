package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.StoreNode;
import java.util.List;

/** The nodes of vifs, in the order in which they are to be written. */
public record VifsPlaced(List<StoreNode> nodes) implements BusMessage {}
