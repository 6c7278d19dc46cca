package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.Backing;
import org.jspecify.annotations.Nullable;

/** What was found; null only for a device number that is no device. */
public record BackingExamined(@Nullable Backing backing) implements BusMessage {}
