package dev.xcs.hypervisor.sim.guest;

/** What went through a network interface, as its guest has counted. */
record NetCounters(
        long receivedBytes, long receivedPackets, long receiveDrops, long sentBytes, long sentPackets, long sendDrops) {
    static final NetCounters NONE = new NetCounters(0, 0, 0, 0, 0, 0);

    NetCounters received(int bytes) {
        return new NetCounters(
                receivedBytes + bytes, receivedPackets + 1, receiveDrops, sentBytes, sentPackets, sendDrops);
    }

    NetCounters receiveDropped() {
        return new NetCounters(receivedBytes, receivedPackets, receiveDrops + 1, sentBytes, sentPackets, sendDrops);
    }

    NetCounters sent(int bytes) {
        return new NetCounters(
                receivedBytes, receivedPackets, receiveDrops, sentBytes + bytes, sentPackets + 1, sendDrops);
    }

    NetCounters sendDropped() {
        return new NetCounters(receivedBytes, receivedPackets, receiveDrops, sentBytes, sentPackets, sendDrops + 1);
    }
}
