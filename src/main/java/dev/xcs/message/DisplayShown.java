package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/**
 * Where a display can be reached.
 *
 * @param socket the path of a unix socket on which VNC is spoken
 */
public record DisplayShown(String socket) implements BusMessage {}
