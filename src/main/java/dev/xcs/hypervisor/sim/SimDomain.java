package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.Guest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the simulated hypervisor holds of one domain. Fields change only under {@link SimMachine}'s lock. */
final class SimDomain {
    private static final int PAGE = 4096;

    final int domid;
    final UUID handle;
    final DomainType type;
    final int maxVcpus;
    final CpuClock clock = new CpuClock();
    final GrantTable grants = new GrantTable();
    int onlineVcpus;
    int pauseCount = 1;
    int consoleMaps;
    boolean dying;
    /** A backend holds pages: see {@link Fault#ZOMBIE}. */
    boolean heldByBackend;

    long memoryKib;
    long maxMemoryKib;

    @Nullable
    ShutdownReason shutdownReason;

    @Nullable
    BuiltDomain built;

    @Nullable
    ByteBuffer consolePage;

    @Nullable
    GuestHardware hardware;

    @Nullable
    Guest guest;
    /** Read by the guest without the lock: whether its cpus may run. */
    private volatile boolean runnable;

    SimDomain(int domid, UUID handle, DomainType type, int maxVcpus) {
        this.domid = domid;
        this.handle = handle;
        this.type = type;
        this.maxVcpus = maxVcpus;
    }

    /** A page as a real mapping is one: outside the heap, aligned. */
    static ByteBuffer newPage() {
        return ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).slice(0, PAGE);
    }

    boolean runnable() {
        return runnable;
    }

    /** Lets the cpus run or stop, as the other fields say. */
    void settle() {
        runnable = pauseCount == 0 && !dying && shutdownReason == null && built != null;
        clock.run(runnable);
    }

    DomainInfo info() {
        boolean stopped = dying || shutdownReason != null;
        boolean busy = !stopped && clock.busy();
        return new DomainInfo(
                domid,
                handle,
                type != DomainType.PV,
                dying,
                pauseCount > 0 && !dying,
                !busy && !(shutdownReason != null) && built != null,
                busy,
                shutdownReason,
                memoryKib,
                maxMemoryKib,
                clock.nanos(),
                onlineVcpus);
    }
}
