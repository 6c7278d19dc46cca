package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifView;

/** A vif as it is from now on. */
public record VifAltered(VifSpec spec, VifView view) implements BusMessage {}
