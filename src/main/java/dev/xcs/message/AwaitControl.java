package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.EventFilter;

/** Asks the router for the next messages a filter wants after a sequence number; answered at once when there are some, else when the first comes, or empty after the wait. */
public record AwaitControl(EventFilter filter, long after, int max, long waitMillis) implements BusMessage {
    public static final Address<AwaitControl, ControlArrived> ADDRESS = new Address<>("xcs.control.await");
}
