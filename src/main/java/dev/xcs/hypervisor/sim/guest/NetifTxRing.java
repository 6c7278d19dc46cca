package dev.xcs.hypervisor.sim.guest;

import java.nio.ByteBuffer;

/** {@code struct netif_tx_sring} (public/io/netif.h): what a guest sends, 256 slots of 12 bytes. */
public final class NetifTxRing extends SharedRing<NetifTxRing.Request, NetifTxRing.Response> {
    /** In the flags: the frame goes on in the next request (NETTXF_more_data). */
    public static final int MORE_DATA = 4;
    /** In the flags: what follows is no data but extra info, which nobody here offers (NETTXF_extra_info). */
    public static final int EXTRA_INFO = 8;

    public static final int OKAY = 0;
    public static final int ERROR = -1;
    public static final int DROPPED = -2;

    private static final int SLOTS = 256;
    private static final int SLOT = 12;

    /**
     * A piece of a frame.
     *
     * @param ref of the page
     * @param offset where it begins there
     * @param id comes back in the response
     * @param size in bytes; that of the whole frame in its first piece
     */
    public record Request(int ref, int offset, int flags, int id, int size) {}

    /** @param status one of the constants */
    public record Response(int id, int status) {}

    /** @param page of 4096 bytes, direct, aligned to a page */
    public NetifTxRing(ByteBuffer page) {
        super(page, SLOTS, SLOT);
    }

    @Override
    public void putRequest(int number, Request request) {
        int at = slot(number);
        page.putInt(at, request.ref());
        page.putShort(at + 4, (short) request.offset());
        page.putShort(at + 6, (short) request.flags());
        page.putShort(at + 8, (short) request.id());
        page.putShort(at + 10, (short) request.size());
    }

    @Override
    public Request request(int number) {
        int at = slot(number);
        return new Request(
                page.getInt(at),
                page.getShort(at + 4) & 0xffff,
                page.getShort(at + 6) & 0xffff,
                page.getShort(at + 8) & 0xffff,
                page.getShort(at + 10) & 0xffff);
    }

    @Override
    public void putResponse(int number, Response response) {
        int at = slot(number);
        page.putShort(at, (short) response.id());
        page.putShort(at + 2, (short) response.status());
    }

    @Override
    public Response response(int number) {
        int at = slot(number);
        return new Response(page.getShort(at) & 0xffff, page.getShort(at + 2));
    }
}
