package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.Guest;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The simulated machine with its hypervisor: what all processes of dom0 share. Thread-safe; nothing is called out under its lock but
 * the event fabric and the guests' mailboxes, which never block and never call back.
 */
final class SimMachine implements AutoCloseable {
    private static final int CPU_KHZ = 2_400_000;
    private static final int MAX_PV_VCPUS = 8192;
    private static final int MAX_HVM_VCPUS = 128;
    /** What Xen needs for a domain besides its memory. */
    private static final long OVERHEAD_KIB = 1024;

    private static final int DOM0_LOAD = 40;
    private static final long PAGE_KIB = 4;

    private final SimHostOptions options;
    private final Faults faults;
    private final DomainTable domains;
    private final StoreAccess store;
    private final DomainBuilder builder;
    private final MemoryPool memory;
    private final EventFabric events;
    private final SimLog log = new SimLog();
    private final SimKernels kernels = new SimKernels();
    private final List<EndListener> endListeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    SimMachine(
            SimHostOptions options,
            Faults faults,
            DomainTable domains,
            StoreAccess store,
            ScheduledExecutorService executor) {
        this.options = options;
        this.faults = faults;
        this.domains = domains;
        this.store = store;
        this.builder = new DomainBuilder(this, executor);
        this.memory = new MemoryPool(options.memoryMib() * 1024L, options.dom0MemoryMib() * 1024L);
        this.events = new EventFabric(faults);
        domains.add(dom0());
        store.onIntroduce(this::introduced);
        faults.onDisarm(this::disarmed);
        log.line("Xen version 4.17.7 (simulated), " + options.memoryMib() + "MB of RAM");
        log.line("*** LOADING DOMAIN 0 ***");
    }

    /** Told when a domain has shut down or is gone, under no lock; must not block. */
    interface EndListener {
        void ended(int domid, boolean gone);
    }

    void onEnd(EndListener listener) {
        endListeners.add(listener);
    }

    private void tellEnd(int domid, boolean gone) {
        store.domainEnded(domid, gone);
        endListeners.forEach(listener -> listener.ended(domid, gone));
    }

    private SimDomain dom0() {
        SimDomain dom0 = new SimDomain(0, new UUID(0, 0), DomainType.PV, options.cpus());
        dom0.pauseCount = 0;
        dom0.onlineVcpus = options.cpus();
        dom0.memoryKib = options.dom0MemoryMib() * 1024L;
        dom0.maxMemoryKib = dom0.memoryKib;
        dom0.built = new BuiltDomain(0, 0, 0, 0);
        dom0.clock.load(DOM0_LOAD);
        dom0.settle();
        return dom0;
    }

    SimHostOptions options() {
        return options;
    }

    MemoryPool memory() {
        return memory;
    }

    Faults faults() {
        return faults;
    }

    EventFabric events() {
        return events;
    }

    StoreAccess store() {
        return store;
    }

    SimKernels kernels() {
        return kernels;
    }

    SimLog log() {
        return log;
    }

    HostInfo host() {
        List<String> capabilities = List.of("xen-3.0-x86_64", "hvm-3.0-x86_32", "hvm-3.0-x86_32p", "hvm-3.0-x86_64");
        return new HostInfo(
                true,
                options.dom0().system(),
                "4.17.7",
                capabilities,
                true,
                true,
                true,
                options.cpus(),
                CPU_KHZ,
                1,
                memory.totalKib(),
                memory.freeKib());
    }

    synchronized List<DomainInfo> list() {
        if (faults.strikes(Fault.LIST_FAILS)) {
            throw XenErrno.EFAULT.of("xc_domain_getinfolist", "first domid 0", "the reply could not be copied out");
        }
        return new ArrayList<>(domains.all().stream().map(SimDomain::info).toList());
    }

    synchronized Optional<DomainInfo> find(int domid) {
        if (faults.strikes(Fault.LIST_FAILS, domid)) {
            throw XenErrno.EFAULT.of(
                    "xc_domain_getinfolist", "first domid " + domid, "the reply could not be copied out");
        }
        return domains.find(domid).map(SimDomain::info);
    }

    synchronized int create(UUID handle, DomainType type, int vcpus) {
        String argument = "handle " + handle + ", " + type.json() + ", " + vcpus + " vcpus";
        int most = type == DomainType.PV ? MAX_PV_VCPUS : MAX_HVM_VCPUS;
        if (vcpus < 1 || vcpus > most) {
            throw XenErrno.EINVAL.of(
                    "xc_domain_create", argument, "a " + type.json() + " domain has 1 to " + most + " vcpus");
        }
        int domid = domains.next();
        if (domid < 0) {
            throw XenErrno.ENOMEM.of("xc_domain_create", argument, "every domid is in use");
        }
        if (faults.strikes(Fault.CREATE_ENOMEM, domid) || !memory.take(OVERHEAD_KIB)) {
            throw XenErrno.ENOMEM.of("xc_domain_create", argument, "not enough free Xen memory for the domain itself");
        }
        domains.add(new SimDomain(domid, handle, type, vcpus));
        return domid;
    }

    BuiltDomain build(BuildRequest request) {
        return builder.build(request);
    }

    /** Called by xenstored. */
    private void introduced(int domid) {
        domains.find(domid).map(domain -> domain.guest).ifPresent(Guest::introduced);
    }

    void pause(int domid) {
        Guest guest;
        synchronized (this) {
            SimDomain domain = alive("xc_domain_pause", domid);
            refuseDom0("xc_domain_pause", domid);
            domain.pauseCount++;
            domain.settle();
            guest = domain.guest;
        }
        if (guest != null) {
            guest.quiesce();
        }
    }

    synchronized void unpause(int domid) {
        SimDomain domain = alive("xc_domain_unpause", domid);
        if (faults.strikes(Fault.UNPAUSE_FAILS, domid)) {
            throw XenErrno.EPERM.of("xc_domain_unpause", "domid " + domid, "a fault of the simulated host");
        }
        domain.pauseCount = Math.max(0, domain.pauseCount - 1);
        resume(domain);
    }

    static void resume(SimDomain domain) {
        domain.settle();
        if (domain.guest != null && domain.runnable()) {
            domain.guest.resume();
        }
    }

    void shutdown(int domid, ShutdownReason reason) {
        SimDomain domain;
        synchronized (this) {
            domain = alive("xc_domain_shutdown", domid);
            refuseDom0("xc_domain_shutdown", domid);
        }
        guestEnded(domain, reason);
    }

    /** The end of a boot, by itself or from outside; a second end changes nothing. */
    void guestEnded(SimDomain domain, ShutdownReason reason) {
        synchronized (this) {
            if (domain.dying || domain.shutdownReason != null) {
                return;
            }
            domain.shutdownReason = reason;
            domain.settle();
            if (domain.guest != null) {
                domain.guest.stop();
            }
        }
        if (reason == ShutdownReason.CRASH) {
            log.line("Domain " + domain.domid + " (vcpu#0) crashed on cpu#" + domain.domid % options.cpus() + ":");
            log.line("----[ Xen-4.17.7  x86_64  debug=n  Not tainted ]----");
        }
        tellEnd(domain.domid, false);
    }

    void destroy(int domid) {
        if (faults.strikes(Fault.DESTROY_SLOW, domid)) {
            pass(options.slowness());
        }
        SimDomain domain;
        synchronized (this) {
            domain = domains.find(domid).orElseThrow(() -> XenErrno.noDomain("xc_domain_destroy", domid));
            refuseDom0("xc_domain_destroy", domid);
            if (domain.dying) {
                return;
            }
            kill(domain);
        }
        if (domain.hardware != null) {
            domain.hardware.closeWatches();
        }
        tellEnd(domid, true);
    }

    private void kill(SimDomain domain) {
        domain.dying = true;
        domain.settle();
        if (domain.guest != null) {
            domain.guest.stop();
        }
        events.closeAll(domain.domid);
        domain.grants.close();
        domain.heldByBackend = faults.strikes(Fault.ZOMBIE, domain.domid);
        boolean consoleKept = domain.consolePage != null && (domain.consoleMaps > 0 || domain.heldByBackend);
        long kept = PAGE_KIB * ((consoleKept ? 1 : 0) + domain.grants.mapped());
        memory.give(domain.memoryKib - kept);
        domain.memoryKib = kept;
        reap(domain);
    }

    /** Without a word to anybody, as Xen does it. */
    private void reap(SimDomain domain) {
        if (domain.dying && domain.consoleMaps == 0 && domain.grants.mapped() == 0 && !domain.heldByBackend) {
            memory.give(domain.memoryKib + OVERHEAD_KIB);
            domain.memoryKib = 0;
            domains.remove(domain);
        }
    }

    private synchronized void disarmed(Fault fault) {
        if (fault == Fault.ZOMBIE) {
            for (SimDomain domain : domains.all()) {
                domain.heldByBackend = false;
                reap(domain);
            }
        }
        if (fault == Fault.STUCK_BLKFRONT || fault == Fault.STUCK_NETFRONT) {
            for (SimDomain domain : domains.all()) {
                if (domain.guest != null) {
                    domain.guest.unstick();
                }
            }
        }
    }

    synchronized void limitMemory(int domid, long maxKib) {
        SimDomain domain = alive("xc_domain_setmaxmem", domid);
        if (maxKib < 0) {
            throw XenErrno.EINVAL.of(
                    "xc_domain_setmaxmem", "domid " + domid + ", " + maxKib, "a limit is not negative");
        }
        domain.maxMemoryKib = maxKib;
    }

    /** A page of a guest that dom0 has mapped. */
    record Mapping(SimDomain domain, ByteBuffer page) {}

    /** Maps the console's page for dom0; {@link #unmapConsole} takes it back. */
    synchronized Mapping mapConsole(int domid) {
        SimDomain domain = alive("xengnttab_map_grant_ref", domid);
        ByteBuffer page = domain.consolePage;
        String argument = "domid " + domid + ", ref 0";
        if (page == null) {
            throw XenErrno.EINVAL.of("xengnttab_map_grant_ref", argument, "the domain has no console yet");
        }
        if (faults.strikes(Fault.MAP_CONSOLE_FAILS, domid)) {
            throw XenErrno.EINVAL.of("xengnttab_map_grant_ref", argument, "a fault of the simulated host");
        }
        domain.consoleMaps++;
        return new Mapping(domain, page);
    }

    synchronized void unmapConsole(Mapping mapping) {
        mapping.domain().consoleMaps--;
        reap(mapping.domain());
    }

    /** Maps a page that the guest has granted, for dom0's kernel; {@link #unmapGrant} takes it back. */
    Mapping mapGrant(int domid, int ref) {
        String argument = "domid " + domid + ", ref " + ref;
        SimDomain domain = domains.find(domid).orElseThrow(() -> XenErrno.noDomain("GNTTABOP_map_grant_ref", domid));
        ByteBuffer page = domain.grants.map(ref);
        if (page == null) {
            throw XenErrno.EINVAL.of("GNTTABOP_map_grant_ref", argument, "the domain has granted no such page");
        }
        return new Mapping(domain, page);
    }

    void unmapGrant(Mapping mapping) {
        GrantTable grants = mapping.domain().grants;
        grants.unmap();
        if (grants.closed()) {
            synchronized (this) {
                reap(mapping.domain());
            }
        }
    }

    synchronized long memoryKib(SimDomain domain) {
        return domain.memoryKib;
    }

    /** Whether there is such a domain and it is not dying. */
    boolean isAlive(int domid) {
        return domains.alive(domid);
    }

    synchronized boolean alive(SimDomain domain) {
        return !domain.dying;
    }

    synchronized long balloon(SimDomain domain, long targetKib) {
        if (!domain.dying && domain.shutdownReason == null) {
            long wanted = Math.min(targetKib, domain.maxMemoryKib) - domain.memoryKib;
            long change = wanted > 0 ? Math.min(wanted, memory.freeKib()) : wanted;
            if (change > 0 ? memory.take(change) : change < 0) {
                domain.memoryKib += change;
                memory.give(Math.max(0, -change));
            }
        }
        return domain.memoryKib;
    }

    synchronized void onlineVcpus(SimDomain domain, int count) {
        domain.onlineVcpus = count;
    }

    /** The caller holds the lock. */
    SimDomain alive(String call, int domid) {
        return domains.find(domid).filter(domain -> !domain.dying).orElseThrow(() -> XenErrno.noDomain(call, domid));
    }

    private static void refuseDom0(String call, int domid) {
        if (domid == 0) {
            throw XenErrno.EINVAL.of(call, "domid 0", "dom0 cannot do this to itself");
        }
    }

    /** Lets time pass in a call that is slow; less when the machine is switched off. */
    void pass(Duration time) {
        try {
            closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Switches it off, guests and all. */
    @Override
    public void close() {
        closed.countDown();
        synchronized (this) {
            for (SimDomain domain : domains.all()) {
                if (domain.guest != null) {
                    domain.guest.stop();
                }
            }
        }
    }
}
