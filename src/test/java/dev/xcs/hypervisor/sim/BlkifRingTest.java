package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.sim.guest.BlkifRequest;
import dev.xcs.hypervisor.sim.guest.BlkifRequest.Segment;
import dev.xcs.hypervisor.sim.guest.BlkifResponse;
import dev.xcs.hypervisor.sim.guest.BlkifRing;
import dev.xcs.hypervisor.sim.guest.SharedRing.Index;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The block ring has the layout of Xen's headers for x86_64, and its back end bears a hostile front end. */
class BlkifRingTest {
    private static final int SLOTS_AT = 64;
    private static final int SLOT = 112;

    private final ByteBuffer page = SimDomain.newPage().order(ByteOrder.LITTLE_ENDIAN);
    private final BlkifRing ring = new BlkifRing(page);

    private static BlkifRequest write(long id, long sector) {
        List<Segment> segments = List.of(new Segment(9, 2, 7), new Segment(10, 0, 3));
        return new BlkifRequest(BlkifRing.WRITE, 51712 & 0xffff, id, sector, 0, segments.size(), segments);
    }

    @Test
    void aRequestLiesWhereTheHeadersSay() {
        BlkifRequest request = write(0x1122334455667788L, 0x0102030405L);
        ring.putRequest(33, request);

        int at = SLOTS_AT + SLOT;
        assertThat(page.get(at)).isEqualTo((byte) 1);
        assertThat(page.get(at + 1)).isEqualTo((byte) 2);
        assertThat(page.getShort(at + 2)).isEqualTo((short) 51712);
        assertThat(page.getLong(at + 8)).isEqualTo(0x1122334455667788L);
        assertThat(page.getLong(at + 16)).isEqualTo(0x0102030405L);
        assertThat(page.getInt(at + 24)).isEqualTo(9);
        assertThat(page.get(at + 28)).isEqualTo((byte) 2);
        assertThat(page.get(at + 29)).isEqualTo((byte) 7);
        assertThat(page.getInt(at + 32)).isEqualTo(10);
        assertThat(ring.request(33)).isEqualTo(request);
    }

    @Test
    void aDiscardHasItsLengthInThePlaceOfTheSegments() {
        BlkifRequest request = new BlkifRequest(BlkifRing.DISCARD, 0, 1, 2048, 4096, 0, List.of());
        ring.putRequest(0, request);

        assertThat(page.getLong(SLOTS_AT + 24)).isEqualTo(4096);
        assertThat(ring.request(0)).isEqualTo(request);
    }

    @Test
    void aResponseHasItsStatusAtByteTen() {
        ring.putResponse(1, new BlkifResponse(77, BlkifRing.WRITE, BlkifRing.UNSUPPORTED));

        assertThat(page.getLong(SLOTS_AT + SLOT)).isEqualTo(77);
        assertThat(page.get(SLOTS_AT + SLOT + 8)).isEqualTo((byte) 1);
        assertThat(page.getShort(SLOTS_AT + SLOT + 10)).isEqualTo((short) -2);
    }

    @Test
    void anEventIsSentOnlyWhenItWasAskedFor() {
        ring.set(Index.REQ_EVENT, 1);
        assertThat(ring.push(Index.REQ_PROD, Index.REQ_EVENT, 1)).isTrue();
        assertThat(ring.push(Index.REQ_PROD, Index.REQ_EVENT, 2)).isFalse();
        BackRing<BlkifRequest, BlkifResponse> back = new BackRing<>(ring);
        assertThat(back.take()).isNotNull();
        assertThat(back.take()).isNotNull();
        assertThat(back.take()).isNull();
        assertThat(page.getInt(4)).isEqualTo(3);
        assertThat(ring.push(Index.REQ_PROD, Index.REQ_EVENT, 3)).isTrue();
    }

    @Test
    void theIndicesRunOverTheEndOfAnInteger() {
        ring.set(Index.REQ_PROD, Integer.MAX_VALUE);
        ring.set(Index.RSP_PROD, Integer.MAX_VALUE);
        BackRing<BlkifRequest, BlkifResponse> back = new BackRing<>(ring);
        ring.putRequest(Integer.MAX_VALUE, write(5, 6));
        ring.set(Index.REQ_PROD, Integer.MIN_VALUE);

        assertThat(back.take()).isEqualTo(write(5, 6));
        assertThat(back.take()).isNull();
        back.put(new BlkifResponse(5, BlkifRing.WRITE, BlkifRing.OKAY));
        assertThat(page.getInt(8)).isEqualTo(Integer.MIN_VALUE);
    }

    @Test
    void nothingIsTakenFromAFrontEndThatWritesNonsense() {
        BackRing<BlkifRequest, BlkifResponse> back = new BackRing<>(ring);
        ring.set(Index.REQ_PROD, BlkifRing.SLOTS + 1);

        assertThat(back.take()).isNull();
        assertThat(back.broken()).isTrue();
        ring.set(Index.REQ_PROD, 1);
        assertThat(back.take()).isNull();
    }

    @Test
    void aRequestWithTooManySegmentsSaysSo() {
        page.put(SLOTS_AT + 1, (byte) 200);

        assertThat(ring.request(0).segmentCount()).isEqualTo(200);
        assertThat(ring.request(0).segments()).hasSize(BlkifRing.SEGMENTS);
    }
}
