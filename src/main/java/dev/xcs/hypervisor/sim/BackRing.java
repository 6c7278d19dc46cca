package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.SharedRing;
import dev.xcs.hypervisor.sim.guest.SharedRing.Index;
import org.jspecify.annotations.Nullable;

/** Dom0's end of a ring. The other end is not trusted. */
final class BackRing<Q, R> {
    private final SharedRing<Q, R> ring;
    private int produced;
    private int consumed;
    private boolean broken;

    BackRing(SharedRing<Q, R> ring) {
        this.ring = ring;
        produced = ring.get(Index.RSP_PROD);
        consumed = produced;
    }

    /** Whether the guest wrote indices that cannot be: nothing is taken from it any more. */
    boolean broken() {
        return broken;
    }

    /** How many requests wait to be taken. */
    int waiting() {
        int end = ring.get(Index.REQ_PROD);
        broken |= Integer.compareUnsigned(end - produced, ring.slots()) > 0;
        return broken ? 0 : end - consumed;
    }

    /** The next request; when there is none an event is asked for. */
    @Nullable
    Q take() {
        if (waiting() == 0) {
            ring.set(Index.REQ_EVENT, consumed + 1);
        }
        return waiting() == 0 ? null : ring.request(consumed++);
    }

    /** Asks for an event when there are so many requests; gives whether there are by now. */
    boolean awaits(int requests) {
        ring.set(Index.REQ_EVENT, consumed + requests);
        return waiting() >= requests;
    }

    /** Gives whether the guest has to be told. */
    boolean put(R response) {
        ring.putResponse(produced++, response);
        return ring.push(Index.RSP_PROD, Index.RSP_EVENT, produced);
    }
}
