package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifView;

/** One vif as it is now. */
public record VifShown(VifView vif) implements BusMessage {}
