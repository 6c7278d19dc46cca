package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlkifRequest.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** {@code struct blkif_sring} (public/io/blkif.h; x86_64): 32 slots of 112 bytes. */
public final class BlkifRing extends SharedRing<BlkifRequest, BlkifResponse> {
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

    private static final int SLOT = 112;
    private static final int SEGMENTS_AT = 24;
    private static final int SEGMENT = 8;

    /** @param page of 4096 bytes, direct, aligned to a page */
    public BlkifRing(ByteBuffer page) {
        super(page, SLOTS, SLOT);
    }

    @Override
    public void putRequest(int number, BlkifRequest request) {
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

    @Override
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

    @Override
    public void putResponse(int number, BlkifResponse response) {
        int at = slot(number);
        page.putLong(at, response.id());
        page.put(at + 8, (byte) response.operation());
        page.putShort(at + 10, (short) response.status());
    }

    @Override
    public BlkifResponse response(int number) {
        int at = slot(number);
        return new BlkifResponse(page.getLong(at), page.get(at + 8) & 0xff, page.getShort(at + 10));
    }
}
