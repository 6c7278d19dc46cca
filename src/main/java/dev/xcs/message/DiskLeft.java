package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import java.util.UUID;

/** Published by block: a guest has given up a disk that it was asked for, after those who asked had been told that it does not. */
public record DiskLeft(UUID uuid, int domid, int virtualDevice) implements BusMessage {
    public static final Address<DiskLeft, BusMessage> ADDRESS = new Address<>("xcs.block.left");
}
