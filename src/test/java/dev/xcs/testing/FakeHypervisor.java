package dev.xcs.testing;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.ConsoleRings;
import dev.xcs.hypervisor.Domains;
import dev.xcs.hypervisor.EventChannels;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorLog;
import dev.xcs.hypervisor.Kernels;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.Dom0System;
import dev.xcs.model.DomainInfo;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostInfo;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.KernelCacheView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A hypervisor whose calls do what the test says: block, fail, or tell on which thread they ran. */
public final class FakeHypervisor implements Hypervisor {
    /** What the test wants before a call is made. */
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();

    private final Map<String, String> threads = new ConcurrentHashMap<>();
    private final FakeChannels channels = new FakeChannels(this);
    private final FakeKernels kernels = new FakeKernels();
    private final FakeNetworks networks = new FakeNetworks(this);
    private final FakeTerminals terminals = new FakeTerminals();
    private final Map<Integer, FakeGuest> guests = new ConcurrentHashMap<>();
    private final Map<Integer, ConsoleRing> mapped = new ConcurrentHashMap<>();
    private final AtomicInteger domids = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A guest with a console, at the remote port of its own number. */
    public FakeGuest guest(int domid) {
        return guests.computeIfAbsent(domid, number -> new FakeGuest(number, channels));
    }

    public FakeChannels channels() {
        return channels;
    }

    @Override
    public FakeTerminals terminals() {
        return terminals;
    }

    public void before(String call, Runnable what) {
        before.put(call, what);
    }

    public void fail(String call, ProblemException how) {
        before(call, () -> {
            throw how;
        });
    }

    public void mend(String call) {
        before.remove(call);
    }

    /** Blocks every call of that name until the latch is counted down. */
    public CountDownLatch block(String call) {
        CountDownLatch latch = new CountDownLatch(1);
        before(call, () -> {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return latch;
    }

    /** The thread that last made a call, if one was made. */
    public Optional<String> thread(String call) {
        return Optional.ofNullable(threads.get(call));
    }

    public int mapped() {
        return mapped.size();
    }

    public boolean isClosed() {
        return closed.get();
    }

    void called(String call) {
        if (closed.get()) {
            throw new AssertionError(call + " after close");
        }
        threads.put(call, Thread.currentThread().getName());
        before.getOrDefault(call, () -> {}).run();
    }

    static ProblemException refusal(String call, Object argument, int errno) {
        return Problem.of(ProblemType.HYPERVISOR, call + "(" + argument + ") failed")
                .withCall(call, String.valueOf(argument))
                .withErrno(errno, "errno " + errno)
                .toException();
    }

    @Override
    public HostInfo host() {
        called("host");
        return new HostInfo(
                true,
                Dom0System.LINUX,
                "4.17.7",
                List.of("xen-3.0-x86_64"),
                true,
                false,
                false,
                2,
                1_000_000,
                1,
                1024,
                512);
    }

    @Override
    public Domains domains() {
        return new FakeDomains();
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public EventChannels eventChannels() {
        return channels;
    }

    @Override
    public ConsoleRings consoleRings() {
        return (domid, frame) -> {
            called("map");
            ConsoleRing ring = new FakeRing(domid, guest(domid).dom0End());
            mapped.put(domid, ring);
            return ring;
        };
    }

    @Override
    public FakeNetworks networkDevices() {
        return networks;
    }

    @Override
    public BlockDevices blockDevices() {
        throw new AssertionError("No test has asked for block devices here");
    }

    /** What the hypervisor has logged. */
    public final StringBuffer logged = new StringBuffer();

    @Override
    public HypervisorLog log() {
        return index -> {
            called("log");
            String all = logged.toString();
            return new HypervisorLog.Chunk(all.substring((int) Math.min(index, all.length())), all.length());
        };
    }

    @Override
    public void close() {
        called("close");
        closed.set(true);
    }

    private final class FakeRing implements ConsoleRing {
        private final int domid;
        private final ConsolePage page;
        private volatile boolean unmapped;

        FakeRing(int domid, ConsolePage page) {
            this.domid = domid;
            this.page = page;
        }

        private void touched(String call) {
            called(call);
            if (unmapped) {
                throw new AssertionError("The ring of domid " + domid + " is touched after it was unmapped");
            }
        }

        @Override
        public int peek(byte[] into, int at) {
            touched("read");
            return page.peekOutput(into, at);
        }

        @Override
        public void consume(int count) {
            touched("consume");
            page.consumeOutput(count);
        }

        @Override
        public int taken() {
            return page.outputTaken();
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            touched("write");
            return page.putInput(from, offset, length);
        }

        @Override
        public boolean hasOutput() {
            return page.hasOutput();
        }

        @Override
        public boolean isOutputUntouched() {
            return page.isOutputUntouched();
        }

        @Override
        public void close() {
            touched("unmap");
            unmapped = true;
            mapped.remove(domid, this);
        }
    }

    private final class FakeDomains implements Domains {
        @Override
        public List<DomainInfo> list() {
            called("list");
            return List.of();
        }

        @Override
        public Optional<DomainInfo> find(int domid) {
            called("find");
            return Optional.empty();
        }

        @Override
        public int create(UUID handle, DomainType type, int vcpus) {
            called("create");
            return domids.incrementAndGet();
        }

        @Override
        public BuiltDomain build(BuildRequest request) {
            called("build");
            return new BuiltDomain(1, 2, 3, 4);
        }

        @Override
        public void pause(int domid) {
            called("pause");
        }

        @Override
        public void unpause(int domid) {
            called("unpause");
        }

        @Override
        public void shutdown(int domid, ShutdownReason reason) {
            called("shutdown");
        }

        @Override
        public void destroy(int domid) {
            called("destroy");
        }

        @Override
        public void limitMemory(int domid, long maxKib) {
            called("limitMemory");
        }
    }

    private final class FakeKernels implements Kernels {
        @Override
        public Set<DomainType> bootable(String kernel) {
            called("bootable");
            return Set.of(DomainType.PV);
        }

        @Override
        public void prepare(String kernel) {
            called("prepare");
        }

        @Override
        public KernelCacheView show() {
            called("kernels");
            return new KernelCacheView(1000, counts(), List.of());
        }

        @Override
        public KernelCacheCounts counts() {
            return new KernelCacheCounts(100, 3, 2, 1);
        }

        @Override
        public void forget(@Nullable String key) {
            called("forget");
        }
    }
}
