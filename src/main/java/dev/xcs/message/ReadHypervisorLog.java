package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;

/** Asks native for the hypervisor's own log from an index on; 0 or an index that is gone means the oldest that is kept. */
public record ReadHypervisorLog(long index) implements BusMessage {
    public static final Address<ReadHypervisorLog, HypervisorLogRead> ADDRESS = new Address<>("xcs.native.read-log");
}
