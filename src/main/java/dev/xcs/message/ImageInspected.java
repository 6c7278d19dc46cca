package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.ImageReport;

/** What a kernel file is. */
public record ImageInspected(ImageReport image) implements BusMessage {}
