package dev.xcs.hypervisor.xen;

import dev.xcs.model.DomainInfo;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code xc_domaininfo_t}, of which only the size differs.
 *
 * @param size the stride of a list of them
 */
record DomainInfoLayout(int size) {
    private static final int DOMAIN = 0;
    private static final int FLAGS = 4;
    private static final int TOT_PAGES = 8;
    private static final int MAX_PAGES = 16;
    private static final int CPU_TIME = 56;
    private static final int NR_ONLINE_VCPUS = 64;
    private static final int HANDLE = 76;

    /** XEN_DOMINF_ bits (public/domctl.h). */
    private static final int DYING = 1;

    private static final int HVM_GUEST = 2;
    private static final int SHUTDOWN = 4;
    private static final int PAUSED = 8;
    private static final int BLOCKED = 0x10;
    private static final int RUNNING = 0x20;
    private static final int SHUTDOWN_SHIFT = 16;

    private static final int PAGE_KIB = 4;

    static DomainInfoLayout of(XenVersion version) {
        return new DomainInfoLayout(version.atLeast(4, 16) ? 112 : 104);
    }

    /** Reads the element at {@code index} of a list. */
    DomainInfo read(ByteBuffer list, int index) {
        ByteBuffer from = list.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int at = index * size;
        int flags = from.getInt(at + FLAGS);
        return new DomainInfo(
                from.getShort(at + DOMAIN) & 0xffff,
                uuid(list, at + HANDLE),
                (flags & HVM_GUEST) != 0,
                (flags & DYING) != 0,
                (flags & PAUSED) != 0,
                (flags & BLOCKED) != 0,
                (flags & RUNNING) != 0,
                shutdownReason(flags),
                from.getLong(at + TOT_PAGES) * PAGE_KIB,
                from.getLong(at + MAX_PAGES) * PAGE_KIB,
                from.getLong(at + CPU_TIME),
                from.getInt(at + NR_ONLINE_VCPUS));
    }

    private static @Nullable ShutdownReason shutdownReason(int flags) {
        return (flags & SHUTDOWN) == 0 ? null : ShutdownReason.ofCode(flags >> SHUTDOWN_SHIFT & 0xff);
    }

    /** A handle holds the UUID's bytes in the order they are written. */
    private static UUID uuid(ByteBuffer list, int at) {
        ByteBuffer from = list.duplicate().order(ByteOrder.BIG_ENDIAN);
        return new UUID(from.getLong(at), from.getLong(at + Long.BYTES));
    }
}
