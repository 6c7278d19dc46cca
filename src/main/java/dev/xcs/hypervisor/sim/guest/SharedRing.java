package dev.xcs.hypervisor.sim.guest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A ring on a shared page (public/io/ring.h), for either end: the free-running indices req_prod 0, req_event 4, rsp_prod 8, rsp_event
 * 12, then from 64 on a power of two of slots, each a request or the response to one.
 *
 * @param <Q> a request
 * @param <R> a response
 */
public abstract class SharedRing<Q, R> {
    private static final int SLOTS_AT = 64;
    private static final VarHandle INDEX = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /** One of the indices. */
    public enum Index {
        REQ_PROD(0),
        REQ_EVENT(4),
        RSP_PROD(8),
        RSP_EVENT(12);

        private final int at;

        Index(int at) {
            this.at = at;
        }
    }

    final ByteBuffer page;
    private final int slots;
    private final int slotBytes;

    /** @param page of 4096 bytes, direct, aligned to a page */
    SharedRing(ByteBuffer page, int slots, int slotBytes) {
        this.page = page.duplicate().order(ByteOrder.nativeOrder());
        this.slots = slots;
        this.slotBytes = slotBytes;
    }

    public final int slots() {
        return slots;
    }

    public final int get(Index index) {
        return (int) INDEX.getAcquire(page, index.at);
    }

    /** Data that was written before is seen by whoever sees this. */
    public final void set(Index index, int value) {
        INDEX.setRelease(page, index.at, value);
        VarHandle.fullFence();
    }

    /** Publishes what was produced; gives whether the other end asked for an event in between (RING_PUSH_..._AND_CHECK_NOTIFY). */
    public final boolean push(Index producer, Index event, int now) {
        int before = get(producer);
        set(producer, now);
        return Integer.compareUnsigned(now - get(event), now - before) < 0;
    }

    /** Where a slot begins on the page. */
    final int slot(int number) {
        return SLOTS_AT + (number & (slots - 1)) * slotBytes;
    }

    public abstract void putRequest(int number, Q request);

    /** A copy: what the other end changes afterwards is not seen. */
    public abstract Q request(int number);

    public abstract void putResponse(int number, R response);

    /** A copy, as of {@link #request}. */
    public abstract R response(int number);
}
