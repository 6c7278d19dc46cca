package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.ControlMessage;

/** Published by whoever has seen or done something: the router numbers it, keeps it and delivers it. */
public record RouteControl(ControlMessage message) implements BusMessage {
    public static final Address<RouteControl, BusMessage> ADDRESS = new Address<>("xcs.control.route");
}
