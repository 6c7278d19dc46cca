package dev.xcs.hypervisor.sim.guest;

import java.nio.ByteBuffer;

/** {@code struct netif_rx_sring} (public/io/netif.h): the pages for what a guest receives, 256 slots of 8 bytes. */
public final class NetifRxRing extends SharedRing<NetifRxRing.Request, NetifRxRing.Response> {
    /** In the flags: the frame goes on in the next response (NETRXF_more_data). */
    public static final int MORE_DATA = 4;

    private static final int SLOTS = 256;
    private static final int SLOT = 8;

    /** A page that a piece of a frame may be written to. */
    public record Request(int id, int ref) {}

    /**
     * A piece of a frame.
     *
     * @param offset where it begins in the page
     * @param status its size in bytes, or a negative number for an error
     */
    public record Response(int id, int offset, int flags, int status) {}

    /** @param page of 4096 bytes, direct, aligned to a page */
    public NetifRxRing(ByteBuffer page) {
        super(page, SLOTS, SLOT);
    }

    @Override
    public void putRequest(int number, Request request) {
        int at = slot(number);
        page.putShort(at, (short) request.id());
        page.putInt(at + 4, request.ref());
    }

    @Override
    public Request request(int number) {
        int at = slot(number);
        return new Request(page.getShort(at) & 0xffff, page.getInt(at + 4));
    }

    @Override
    public void putResponse(int number, Response response) {
        int at = slot(number);
        page.putShort(at, (short) response.id());
        page.putShort(at + 2, (short) response.offset());
        page.putShort(at + 4, (short) response.flags());
        page.putShort(at + 6, (short) response.status());
    }

    @Override
    public Response response(int number) {
        int at = slot(number);
        return new Response(
                page.getShort(at) & 0xffff,
                page.getShort(at + 2) & 0xffff,
                page.getShort(at + 4) & 0xffff,
                page.getShort(at + 6));
    }
}
