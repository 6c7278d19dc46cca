package dev.xcs.message;

import dev.xcs.bus.BusMessage;

/** @param path what others open */
public record TerminalOpened(String path) implements BusMessage {}
