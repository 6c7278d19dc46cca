package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.List;

/** The vifs that a guest has. */
public record VifsResumed(List<VifSpec> vifs) implements BusMessage {}
