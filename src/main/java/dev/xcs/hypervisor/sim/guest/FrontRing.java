package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.SharedRing.Index;
import org.jspecify.annotations.Nullable;

/** The guest's end of a ring. */
final class FrontRing<Q, R> {
    private final SharedRing<Q, R> ring;
    private int produced;
    private int consumed;

    /** @param ring on a page that nobody else has seen yet */
    FrontRing(SharedRing<Q, R> ring) {
        this.ring = ring;
        ring.set(Index.REQ_PROD, 0);
        ring.set(Index.RSP_PROD, 0);
        ring.set(Index.REQ_EVENT, 1);
        ring.set(Index.RSP_EVENT, 1);
    }

    /** How many more requests find room. */
    int room() {
        return ring.slots() - (produced - consumed);
    }

    /** Gives whether dom0 has to be told. */
    boolean put(Q request) {
        ring.putRequest(produced++, request);
        return ring.push(Index.REQ_PROD, Index.REQ_EVENT, produced);
    }

    /** The next response; when there is none an event is asked for. */
    @Nullable
    R take() {
        if (ring.get(Index.RSP_PROD) == consumed) {
            ring.set(Index.RSP_EVENT, consumed + 1);
        }
        return ring.get(Index.RSP_PROD) == consumed ? null : ring.response(consumed++);
    }
}
