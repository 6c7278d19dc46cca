package dev.xcs.bus;

/** Something said on the bus; every implementation is an immutable record in {@code dev.xcs.message}. */
public interface BusMessage {}
