package dev.xcs.message;

import dev.xcs.bus.BusMessage;
import dev.xcs.model.SessionView;

/** A session as it is now. */
public record SessionShown(SessionView session) implements BusMessage {}
