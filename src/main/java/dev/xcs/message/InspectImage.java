package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks what a kernel file is. */
public record InspectImage(String path) implements BusMessage {
    public static final Address<InspectImage, ImageInspected> ADDRESS = new Address<>("xcs.domain.inspect-image");
}
