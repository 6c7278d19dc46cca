package dev.xcs.hypervisor.sim.guest;

import java.util.List;

/**
 * {@code struct blkif_request} or, for a discard, {@code struct blkif_request_discard}.
 *
 * @param operation one of the constants of {@link BlkifRing}
 * @param handle of the device; nobody looks at it
 * @param id comes back in the response
 * @param sector where it begins, in units of 512 bytes
 * @param sectors how many a discard is about; otherwise 0
 * @param segmentCount what the front-end claims: more than there are segments when it writes nonsense
 * @param segments where the data is
 */
public record BlkifRequest(
        int operation, int handle, long id, long sector, long sectors, int segmentCount, List<Segment> segments) {
    public BlkifRequest {
        segments = List.copyOf(segments);
    }

    /**
     * A part of a granted page.
     *
     * @param first sector within the page
     * @param last sector within the page, itself included
     */
    public record Segment(int ref, int first, int last) {
        public int sectors() {
            return last - first + 1;
        }
    }
}
