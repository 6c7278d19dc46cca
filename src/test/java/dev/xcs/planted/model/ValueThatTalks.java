package dev.xcs.planted.model;

import dev.xcs.planted.bus.BusMessage;
import io.vertx.core.buffer.Buffer;

public record ValueThatTalks(BusMessage message, Buffer bytes) {}
