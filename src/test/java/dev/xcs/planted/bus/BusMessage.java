package dev.xcs.planted.bus;

public interface BusMessage {}
