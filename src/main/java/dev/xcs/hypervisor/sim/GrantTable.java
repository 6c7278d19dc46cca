package dev.xcs.hypervisor.sim;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pages that a guest grants to dom0, and how many of them dom0 has mapped. Thread-safe. */
final class GrantTable {
    /** The first references are the console's, xenstore's and others' (GNTTAB_NR_RESERVED_ENTRIES). */
    private static final int FIRST = 8;
    /** 64 frames of 512 entries, Xen's default. */
    private static final int END = 64 * 512;

    private final Map<Integer, ByteBuffer> pages = new HashMap<>();
    private final BitSet used = new BitSet();
    private int mapped;
    private boolean closed;

    GrantTable() {
        used.set(0, FIRST);
    }

    /** Gives the reference; -1 when the table is full. */
    synchronized int grant(ByteBuffer page) {
        int ref = used.nextClearBit(FIRST);
        if (ref >= END) {
            return -1;
        }
        used.set(ref);
        pages.put(ref, page);
        return ref;
    }

    /** A page that is mapped stays so until dom0 gives it back. */
    synchronized void revoke(int ref) {
        if (pages.remove(ref) != null) {
            used.clear(ref);
        }
    }

    /** Null when nothing is granted by that reference. */
    synchronized @Nullable ByteBuffer map(int ref) {
        ByteBuffer page = closed ? null : pages.get(ref);
        mapped += page == null ? 0 : 1;
        return page;
    }

    synchronized void unmap() {
        mapped--;
    }

    synchronized int mapped() {
        return mapped;
    }

    /** The domain is dying: nothing more can be mapped. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean closed() {
        return closed;
    }
}
