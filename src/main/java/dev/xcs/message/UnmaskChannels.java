package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.List;

/** Asks native to let these ports fire again. */
public record UnmaskChannels(List<Integer> ports) implements BusMessage {
    public static final Address<UnmaskChannels, Done> ADDRESS = new Address<>("xcs.native.unmask");
}
