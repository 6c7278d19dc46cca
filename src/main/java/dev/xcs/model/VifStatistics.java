package dev.xcs.model;

/**
 * What went through a network interface since its guest's boot, from the guest's point of view: received is what dom0 sent to it.
 *
 * @param receiveDrops frames for the guest that it did not take
 * @param transmitDrops frames of the guest that dom0 could not take, those that were filtered not included
 * @param filtered frames of the guest that the guard of its interface stopped: from addresses that are not its own, or that it may not send
 */
public record VifStatistics(
        long receivedBytes,
        long receivedPackets,
        long receiveDrops,
        long receiveErrors,
        long transmittedBytes,
        long transmittedPackets,
        long transmitDrops,
        long transmitErrors,
        long filtered) {
    public static final VifStatistics NONE = new VifStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0);
}
