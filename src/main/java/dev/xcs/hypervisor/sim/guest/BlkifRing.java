package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlkifRequest.Segment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of {@code struct blkif_sring} (public/io/blkif.h, public/io/ring.h; x86_64) on a shared page, for either end: the
 * free-running indices req_prod 0, req_event 4, rsp_prod 8, rsp_event 12, then from 64 on 32 slots of 112 bytes, each a request or the
 * response to one.
 */
public final class BlkifRing {
    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int FLUSH = 3;
    public static final int DISCARD = 5;

    public static final int OKAY = 0;
    public static final int ERROR = -1;
    public static final int UNSUPPORTED = -2;

    public static final int SLOTS = 32;
    /** Most segments of a request: BLKIF_MAX_SEGMENTS_PER_REQUEST. */
    public static final int SEGMENTS = 11;
    /** The unit of all sector numbers, whatever the device's own sectors are. */
    public static final int SECTOR = 512;

    public static final int SECTORS_PER_PAGE = 8;

    private static final int SLOTS_AT = 64;
    private static final int SLOT = 112;
    private static final int SEGMENTS_AT = 24;
    private static final int SEGMENT = 8;
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

    private final ByteBuffer page;

    /** @param page of 4096 bytes, direct, aligned to a page */
    public BlkifRing(ByteBuffer page) {
        this.page = page.duplicate().order(ByteOrder.nativeOrder());
    }

    public int get(Index index) {
        return (int) INDEX.getAcquire(page, index.at);
    }

    /** Data that was written before is seen by whoever sees this. */
    public void set(Index index, int value) {
        INDEX.setRelease(page, index.at, value);
        VarHandle.fullFence();
    }

    /** Publishes what was produced; gives whether the other end asked for an event in between (RING_PUSH_..._AND_CHECK_NOTIFY). */
    public boolean push(Index producer, Index event, int now) {
        int before = get(producer);
        set(producer, now);
        return Integer.compareUnsigned(now - get(event), now - before) < 0;
    }

    public void put(int number, BlkifRequest request) {
        int at = slot(number);
        boolean discard = request.operation() == DISCARD;
        page.put(at, (byte) request.operation());
        page.put(at + 1, (byte) (discard ? 0 : request.segmentCount()));
        page.putShort(at + 2, (short) request.handle());
        page.putLong(at + 8, request.id());
        page.putLong(at + 16, request.sector());
        if (discard) {
            page.putLong(at + SEGMENTS_AT, request.sectors());
        }
        int segmentAt = at + SEGMENTS_AT;
        for (Segment segment : request.segments()) {
            page.putInt(segmentAt, segment.ref());
            page.put(segmentAt + 4, (byte) segment.first());
            page.put(segmentAt + 5, (byte) segment.last());
            segmentAt += SEGMENT;
        }
    }

    /** A copy: what the other end changes afterwards is not seen. */
    public BlkifRequest request(int number) {
        int at = slot(number);
        int operation = page.get(at) & 0xff;
        boolean discard = operation == DISCARD;
        int count = discard ? 0 : page.get(at + 1) & 0xff;
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < Math.min(count, SEGMENTS); i++) {
            int segmentAt = at + SEGMENTS_AT + i * SEGMENT;
            segments.add(new Segment(
                    page.getInt(segmentAt), page.get(segmentAt + 4) & 0xff, page.get(segmentAt + 5) & 0xff));
        }
        return new BlkifRequest(
                operation,
                page.getShort(at + 2) & 0xffff,
                page.getLong(at + 8),
                page.getLong(at + 16),
                discard ? page.getLong(at + SEGMENTS_AT) : 0,
                count,
                segments);
    }

    public void put(int number, BlkifResponse response) {
        int at = slot(number);
        page.putLong(at, response.id());
        page.put(at + 8, (byte) response.operation());
        page.putShort(at + 10, (short) response.status());
    }

    public BlkifResponse response(int number) {
        int at = slot(number);
        return new BlkifResponse(page.getLong(at), page.get(at + 8) & 0xff, page.getShort(at + 10));
    }

    private static int slot(int number) {
        return SLOTS_AT + (number & (SLOTS - 1)) * SLOT;
    }
}
