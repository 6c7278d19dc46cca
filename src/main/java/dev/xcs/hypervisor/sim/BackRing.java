package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.BlkifRequest;
import dev.xcs.hypervisor.sim.guest.BlkifResponse;
import dev.xcs.hypervisor.sim.guest.BlkifRing;
import dev.xcs.hypervisor.sim.guest.BlkifRing.Index;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Dom0's end of a block ring. The other end is not trusted. */
final class BackRing {
    private final BlkifRing ring;
    private int produced;
    private int consumed;
    private boolean broken;

    BackRing(ByteBuffer page) {
        ring = new BlkifRing(page);
        produced = ring.get(Index.RSP_PROD);
        consumed = produced;
    }

    /** Whether the guest wrote indices that cannot be: nothing is taken from it any more. */
    boolean broken() {
        return broken;
    }

    /** The next request; when there is none an event is asked for. */
    @Nullable
    BlkifRequest take() {
        if (ring.get(Index.REQ_PROD) == consumed) {
            ring.set(Index.REQ_EVENT, consumed + 1);
        }
        int end = ring.get(Index.REQ_PROD);
        broken |= Integer.compareUnsigned(end - produced, BlkifRing.SLOTS) > 0;
        return broken || end == consumed ? null : ring.request(consumed++);
    }

    /** Gives whether the guest has to be told. */
    boolean put(BlkifResponse response) {
        ring.put(produced++, response);
        return ring.push(Index.RSP_PROD, Index.RSP_EVENT, produced);
    }
}
