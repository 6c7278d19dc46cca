package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Tells network that the device model of an HVM guest has made its emulated network cards. Answered when they are on their networks. */
public record ConnectCards(UUID uuid) implements BusMessage {
    public static final Address<ConnectCards, Done> ADDRESS = new Address<>("xcs.network.cards");
}
