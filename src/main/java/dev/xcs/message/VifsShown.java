package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.VifView;
import java.util.List;

/** Vifs, by ascending index. */
public record VifsShown(List<VifView> vifs) implements BusMessage {}
