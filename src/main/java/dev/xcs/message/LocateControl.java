package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.time.Instant;

/** Asks for the place of a time in the journal. */
public record LocateControl(Instant time) implements BusMessage {
    public static final Address<LocateControl, ControlLocated> ADDRESS = new Address<>("xcs.control.locate");
}
