package dev.xcs.planted.api;

import dev.xcs.planted.bus.BusMessage;

public final class LooseMessage implements BusMessage {}
