package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifSpec;
import java.util.List;

/** The vifs that are ready, by index, each with the MAC address that it has or was given. */
public record VifsPrepared(List<VifSpec> vifs) implements BusMessage {}
