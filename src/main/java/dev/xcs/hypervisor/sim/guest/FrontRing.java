package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlkifRing.Index;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The guest's end of a block ring. */
final class FrontRing {
    private final BlkifRing ring;
    private int produced;
    private int consumed;

    /** Makes a ring of a page that nobody else has seen yet. */
    FrontRing(ByteBuffer page) {
        ring = new BlkifRing(page);
        ring.set(Index.REQ_PROD, 0);
        ring.set(Index.RSP_PROD, 0);
        ring.set(Index.REQ_EVENT, 1);
        ring.set(Index.RSP_EVENT, 1);
    }

    boolean full() {
        return produced - consumed >= BlkifRing.SLOTS;
    }

    /** Gives whether dom0 has to be told. */
    boolean put(BlkifRequest request) {
        ring.put(produced++, request);
        return ring.push(Index.REQ_PROD, Index.REQ_EVENT, produced);
    }

    /** The next response; when there is none an event is asked for. */
    @Nullable
    BlkifResponse take() {
        if (ring.get(Index.RSP_PROD) == consumed) {
            ring.set(Index.RSP_EVENT, consumed + 1);
        }
        return ring.get(Index.RSP_PROD) == consumed ? null : ring.response(consumed++);
    }
}
