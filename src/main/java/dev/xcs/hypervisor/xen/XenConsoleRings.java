package dev.xcs.hypervisor.xen;

import com.sun.jna.Pointer;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.ConsoleRings;
import dev.xcs.model.ProblemException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Maps console rings by the grant that every guest gives dom0, or by frame where there is no such grant. */
final class XenConsoleRings implements ConsoleRings, AutoCloseable {
    /** GNTTAB_RESERVED_CONSOLE (public/grant_table.h). */
    private static final int CONSOLE_GRANT = 0;

    private static final int READ_WRITE = LibC.PROT_READ | LibC.PROT_WRITE;
    private static final int PAGE_BYTES = 4096;
    /** xencons_interface.connection, since 4.21: 0 says that somebody listens. */
    private static final int CONNECTION = 3088;

    private final XenLibraries libraries;
    private final XenLayout layout;
    private final Pointer grants;
    private final Pointer foreign;
    private final HandleGate gate = new HandleGate("hypervisor adapter");
    private final Set<XenConsoleRing> mapped = ConcurrentHashMap.newKeySet();

    private XenConsoleRings(XenLibraries libraries, XenLayout layout, Pointer grants, Pointer foreign) {
        this.libraries = libraries;
        this.layout = layout;
        this.grants = grants;
        this.foreign = foreign;
    }

    /** @param logger for both libraries, which write to the standard error stream without one; outlives this */
    static XenConsoleRings open(XenLibraries libraries, XenLayout layout, Pointer logger) {
        Pointer grants = libraries.gnttab().xengnttab_open(logger, 0);
        if (grants == null) {
            throw CallFailure.last("xengnttab_open", "");
        }
        Pointer foreign = libraries.foreignMemory().xenforeignmemory_open(logger, 0);
        if (foreign == null) {
            ProblemException failure = CallFailure.last("xenforeignmemory_open", "");
            libraries.gnttab().xengnttab_close(grants);
            throw failure;
        }
        return new XenConsoleRings(libraries, layout, grants, foreign);
    }

    @Override
    public ConsoleRing map(int domid, long frame) {
        return gate.use(() -> {
            Pointer page = libraries.gnttab().xengnttab_map_grant_ref(grants, domid, CONSOLE_GRANT, READ_WRITE);
            XenConsoleRing ring = page == null ? mapFrame(domid, frame) : ring(page, () -> unmapGrant(page));
            if (layout.consoleConnectionFlag()) {
                ring.connect(CONNECTION);
            }
            mapped.add(ring);
            return ring;
        });
    }

    private XenConsoleRing mapFrame(int domid, long frame) {
        LibXenForeignMemory memory = libraries.foreignMemory();
        Pointer page = memory.xenforeignmemory_map(foreign, domid, READ_WRITE, 1, new long[] {frame}, null);
        if (page == null) {
            throw CallFailure.last("xenforeignmemory_map", domid + ", frame " + frame);
        }
        return ring(page, () -> memory.xenforeignmemory_unmap(foreign, page, 1));
    }

    private void unmapGrant(Pointer page) {
        libraries.gnttab().xengnttab_unmap(grants, page, 1);
    }

    private XenConsoleRing ring(Pointer page, Runnable unmap) {
        return new XenConsoleRing(page.getByteBuffer(0, PAGE_BYTES), unmap, mapped::remove);
    }

    @Override
    public void close() {
        gate.close(() -> {}, () -> {
            mapped.forEach(XenConsoleRing::close);
            libraries.foreignMemory().xenforeignmemory_close(foreign);
            libraries.gnttab().xengnttab_close(grants);
        });
    }
}
