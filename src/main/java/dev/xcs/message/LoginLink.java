package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** A link that logs one browser in, once, for some minutes. It is a secret. */
public record LoginLink(String url) implements BusMessage {}
