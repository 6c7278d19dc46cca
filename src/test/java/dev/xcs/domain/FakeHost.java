package dev.xcs.domain;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DestroyXenDomain;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.DisksResumed;
import dev.xcs.message.Done;
import dev.xcs.message.EndDisks;
import dev.xcs.message.FindSimKernel;
import dev.xcs.message.ForgetConsole;
import dev.xcs.message.HostRead;
import dev.xcs.message.KernelRead;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.PauseXenDomain;
import dev.xcs.message.PrepareKernel;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadKernel;
import dev.xcs.message.ReleaseDisks;
import dev.xcs.message.ResumeDisks;
import dev.xcs.message.SimKernelFound;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.message.XenDomainBuilt;
import dev.xcs.message.XenDomainCreated;
import dev.xcs.message.XenDomainsListed;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.Dom0System;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HostInfo;
import dev.xcs.model.ImageReport;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import dev.xcs.testing.FakeXenstore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.EventBus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Stands in for the native verticle and the console switch: a small Xen whose every call can be made to fail or to hang. */
final class FakeHost {
    static final long FREE_KIB = 1024 * 1024;

    private static final class Dom {
        final int domid;
        final UUID handle;
        boolean paused = true;
        boolean dying;
        boolean held;
        boolean console;
        long memoryKib;

        @Nullable
        ShutdownReason reason;

        Dom(int domid, UUID handle) {
            this.domid = domid;
            this.handle = handle;
        }

        DomainInfo info() {
            return new DomainInfo(
                    domid,
                    handle,
                    false,
                    dying,
                    paused,
                    false,
                    !paused,
                    reason,
                    memoryKib,
                    memoryKib,
                    1_500_000_000L,
                    1);
        }
    }

    private final FakeXenstore store;
    private final SortedMap<Integer, Dom> domains = new TreeMap<>();
    private final Map<Address<?, ?>, Problem> failing = new HashMap<>();
    private final Map<Address<?, ?>, Promise<Void>> held = new HashMap<>();
    private final List<BusMessage> calls = new ArrayList<>();
    private int nextDomid = 1;
    /** Whether the host can run PVH guests. */
    volatile boolean pvh;

    volatile Set<DomainType> bootable = Set.of(DomainType.PV, DomainType.PVH);

    FakeHost(EventBus bus, FakeXenstore store) {
        this.store = store;
        Dom dom0 = new Dom(0, new UUID(0, 0));
        dom0.paused = false;
        dom0.memoryKib = 2048 * 1024;
        domains.put(0, dom0);
        answer(bus, ReadHost.ADDRESS, any -> new HostRead(host()));
        answer(bus, ListXenDomains.ADDRESS, any -> new XenDomainsListed(list()));
        answer(bus, FindSimKernel.ADDRESS, ask -> new SimKernelFound(ImageReport.simulated(ask.name(), GuestOs.LINUX)));
        answer(bus, PrepareKernel.ADDRESS, any -> new Done());
        answer(bus, ReadKernel.ADDRESS, any -> new KernelRead(bootable));
        answer(bus, CreateXenDomain.ADDRESS, ask -> new XenDomainCreated(create(ask.handle())));
        answer(bus, BuildXenDomain.ADDRESS, ask -> {
            int domid = ask.request().domid();
            get(domid).memoryKib = ask.request().memoryMib() * 1024L;
            return new XenDomainBuilt(new BuiltDomain(1, 1000 + domid, 2, 2000 + domid));
        });
        answer(bus, PauseXenDomain.ADDRESS, ask -> pause(ask.domid(), true));
        answer(bus, UnpauseXenDomain.ADDRESS, ask -> pause(ask.domid(), false));
        answer(bus, DestroyXenDomain.ADDRESS, ask -> {
            kill(ask.domid());
            return new Done();
        });
        answer(bus, AttachConsole.ADDRESS, ask -> console(ask.domid(), true));
        answer(bus, DetachConsole.ADDRESS, ask -> console(ask.domid(), false));
        answer(bus, ForgetConsole.ADDRESS, any -> new Done());
        answer(bus, EndDisks.ADDRESS, any -> new Done());
        answer(bus, ReleaseDisks.ADDRESS, any -> new Done());
        answer(bus, ResumeDisks.ADDRESS, ask -> new DisksResumed(ask.disks()));
    }

    private <Q extends BusMessage, R extends BusMessage> void answer(
            EventBus bus, Address<Q, R> address, Function<Q, R> work) {
        address.answer(bus, question -> {
            synchronized (this) {
                calls.add(question);
                Promise<Void> gate = held.get(address);
                return gate == null
                        ? act(address, question, work)
                        : gate.future().compose(v -> act(address, question, work));
            }
        });
    }

    private synchronized <Q extends BusMessage, R extends BusMessage> Future<R> act(
            Address<Q, R> address, Q question, Function<Q, R> work) {
        Problem problem = failing.get(address);
        return problem == null
                ? Future.succeededFuture(work.apply(question))
                : Future.failedFuture(problem.toException());
    }

    /** From now on this call fails. */
    synchronized void fail(Address<?, ?> address) {
        failing.put(
                address,
                Problem.of(ProblemType.HYPERVISOR, address.name() + " fails, as the test wants")
                        .withErrno(12, "Cannot allocate memory"));
    }

    synchronized void heal() {
        failing.clear();
    }

    /** From now on this call hangs until the promise is completed. */
    synchronized Promise<Void> hold(Address<?, ?> address) {
        Promise<Void> gate = Promise.promise();
        held.put(address, gate);
        return gate;
    }

    synchronized void stopHolding(Address<?, ?> address) {
        held.remove(address);
    }

    synchronized <T extends BusMessage> List<T> calls(Class<T> type) {
        return calls.stream().filter(type::isInstance).map(type::cast).toList();
    }

    synchronized List<DomainInfo> list() {
        return domains.values().stream().map(Dom::info).toList();
    }

    synchronized List<Integer> domids() {
        return List.copyOf(domains.keySet());
    }

    synchronized boolean isConsoleMapped(int domid) {
        return domains.containsKey(domid) && get(domid).console;
    }

    /** As if xl had made a domain. */
    synchronized int createByXl(UUID handle, String name, String type) {
        int domid = create(handle);
        Dom dom = get(domid);
        dom.paused = false;
        dom.memoryKib = 65536;
        store.put("/local/domain/" + domid + "/name", name);
        store.put("/libxl/" + domid + "/type", type);
        store.fire("@introduceDomain");
        return domid;
    }

    /** The guest ends by itself. */
    synchronized void end(int domid, ShutdownReason reason) {
        get(domid).reason = reason;
        store.fire("@releaseDomain");
    }

    /** Somebody destroys it: this daemon or xl. */
    synchronized void kill(int domid) {
        Dom dom = get(domid);
        dom.dying = true;
        reap(dom);
        store.fire("@releaseDomain");
    }

    /** A backend holds or lets go a page of it. */
    synchronized void hold(int domid, boolean yes) {
        Dom dom = get(domid);
        dom.held = yes;
        reap(dom);
    }

    synchronized void pauseByXl(int domid) {
        pause(domid, true);
    }

    private void reap(Dom dom) {
        if (dom.dying && !dom.held && !dom.console) {
            domains.remove(dom.domid);
        }
    }

    private int create(UUID handle) {
        int domid = nextDomid++;
        domains.put(domid, new Dom(domid, handle));
        return domid;
    }

    private Done pause(int domid, boolean yes) {
        get(domid).paused = yes;
        return new Done();
    }

    private Done console(int domid, boolean mapped) {
        Dom dom = domains.get(domid);
        if (dom != null) {
            dom.console = mapped;
            reap(dom);
        } else if (mapped) {
            throw gone(domid);
        }
        return new Done();
    }

    private Dom get(int domid) {
        Dom dom = domains.get(domid);
        if (dom == null) {
            throw gone(domid);
        }
        return dom;
    }

    private static RuntimeException gone(int domid) {
        return Problem.of(ProblemType.HYPERVISOR, "domain " + domid + " does not exist")
                .withErrno(3, "No such process")
                .toException();
    }

    private HostInfo host() {
        long used = domains.values().stream()
                .mapToLong(dom -> dom.domid == 0 ? 0 : dom.memoryKib)
                .sum();
        return new HostInfo(
                true, Dom0System.LINUX, "4.17.0", List.of(), true, pvh, pvh, 4, 1000, 1, 4 * FREE_KIB, FREE_KIB - used);
    }
}
