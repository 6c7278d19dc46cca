package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.VifStatistics;
import java.nio.ByteBuffer;

/** What went through an interface, as dom0 sees it: received is what came in through it (struct rtnl_link_stats64). */
public record LinkCounters(
        long receivedPackets,
        long sentPackets,
        long receivedBytes,
        long sentBytes,
        long receiveErrors,
        long sendErrors,
        long receiveDrops,
        long sendDrops) {
    static final LinkCounters NONE = new LinkCounters(0, 0, 0, 0, 0, 0, 0, 0);

    private static final int BYTES = 8 * Long.BYTES;

    static LinkCounters decode(byte[] value) {
        if (value.length < BYTES) {
            return NONE;
        }
        ByteBuffer in = Attributes.order(ByteBuffer.wrap(value));
        return new LinkCounters(
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong());
    }

    /** Turned round: what dom0 sent, the guest received. */
    public VifStatistics asGuestSees(long filtered) {
        return new VifStatistics(
                sentBytes,
                sentPackets,
                sendDrops,
                sendErrors,
                receivedBytes,
                receivedPackets,
                receiveDrops,
                receiveErrors,
                filtered);
    }
}
