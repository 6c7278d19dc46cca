package dev.xcs.hypervisor.sim.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What a hostile guest does to its console. */
final class CorruptRing {
    private static final int OUT_PROD = 3084;
    private static final int NONSENSE = 0x4000_0000;

    private CorruptRing() {}

    /** Claims to have printed a gigabyte. */
    static void write(ByteBuffer page) {
        ByteBuffer ring = page.duplicate().order(ByteOrder.nativeOrder());
        ring.putInt(OUT_PROD, ring.getInt(OUT_PROD) + NONSENSE);
    }
}
