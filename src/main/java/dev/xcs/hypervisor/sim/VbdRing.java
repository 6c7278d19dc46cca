package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.BlkifRequest;
import dev.xcs.hypervisor.sim.guest.BlkifRequest.Segment;
import dev.xcs.hypervisor.sim.guest.BlkifResponse;
import dev.xcs.hypervisor.sim.guest.BlkifRing;
import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connected block ring: takes the guest's requests when its event comes, does them on the backing and answers. One turn of work is
 * bounded, then it is another disk's turn.
 */
final class VbdRing implements EventFabric.Owner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VbdRing.class);
    /** A discard writes zeros here, so that it takes its time. */
    private static final long MOST_DISCARDED = 64L << 20;

    private final SimMachine machine;
    private final SimMachine.Mapping mapping;
    private final int domid;
    private final OpenDisk disk;
    private final VbdMode mode;
    private final VbdCounters counters;
    private final Executor io;
    private final BackRing<BlkifRequest, BlkifResponse> ring;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private int port;
    private boolean closed;

    /** Throws a {@link ProblemException} when the page is not granted or the event channel cannot be bound. */
    VbdRing(
            SimMachine machine,
            int domid,
            int ref,
            int remotePort,
            OpenDisk disk,
            VbdMode mode,
            VbdCounters counters,
            Executor io) {
        this.machine = machine;
        this.domid = domid;
        this.disk = disk;
        this.mode = mode;
        this.counters = counters;
        this.io = io;
        this.mapping = machine.mapGrant(domid, ref);
        this.ring = new BackRing<>(new BlkifRing(mapping.page()));
        bind(remotePort);
    }

    private synchronized void bind(int remotePort) {
        try {
            // The first event comes at once; its work waits for this monitor.
            port = machine.events().bind(this, domid, remotePort);
        } catch (ProblemException e) {
            machine.unmapGrant(mapping);
            throw e;
        }
    }

    @Override
    public boolean isKernel() {
        return true;
    }

    @Override
    public void raised(int fired) {
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                io.execute(this::turn);
            } catch (RejectedExecutionException e) {
                LOG.debug("dom0 is switched off", e);
            }
        }
    }

    private synchronized void turn() {
        scheduled.set(false);
        if (closed) {
            return;
        }
        machine.events().unmask(this, List.of(port));
        for (int done = 0; done < BlkifRing.SLOTS; done++) {
            BlkifRequest request = ring.take();
            if (request == null) {
                if (ring.broken()) {
                    LOG.info("Frontend of domain {} provided bogus ring requests. Halting ring processing", domid);
                }
                return;
            }
            answer(request);
        }
        schedule();
    }

    private void answer(BlkifRequest request) {
        long begin = System.nanoTime();
        int status = perform(request);
        long bytes = (long) BlkifRing.SECTOR
                * request.segments().stream().mapToInt(Segment::sectors).sum();
        counters.count(request.operation(), status == BlkifRing.OKAY, bytes, System.nanoTime() - begin);
        if (ring.put(new BlkifResponse(request.id(), request.operation(), status))) {
            machine.events().notify(this, port);
        }
    }

    private int perform(BlkifRequest request) {
        try {
            return switch (request.operation()) {
                case BlkifRing.READ, BlkifRing.WRITE -> transfer(request);
                case BlkifRing.FLUSH -> {
                    disk.flush();
                    yield BlkifRing.OKAY;
                }
                case BlkifRing.DISCARD -> discard(request);
                default -> BlkifRing.UNSUPPORTED;
            };
        } catch (IOException | ProblemException e) {
            LOG.debug("operation {} of domain {} failed: {}", request.operation(), domid, e.getMessage());
            return BlkifRing.ERROR;
        }
    }

    private int transfer(BlkifRequest request) throws IOException {
        boolean write = request.operation() == BlkifRing.WRITE;
        if (!isSound(request) || (write && mode.readOnly()) || (!write && failsReading())) {
            return BlkifRing.ERROR;
        }
        long at = request.sector() * BlkifRing.SECTOR;
        for (Segment segment : request.segments()) {
            transfer(segment, write, at);
            at += (long) segment.sectors() * BlkifRing.SECTOR;
        }
        return BlkifRing.OKAY;
    }

    private boolean failsReading() {
        return machine.faults().strikes(Fault.DISK_READ_FAILS, domid);
    }

    private boolean isSound(BlkifRequest request) {
        int sectors = 0;
        for (Segment segment : request.segments()) {
            if (segment.first() > segment.last() || segment.last() >= BlkifRing.SECTORS_PER_PAGE) {
                return false;
            }
            sectors += segment.sectors();
        }
        return sectors > 0 && request.segmentCount() <= BlkifRing.SEGMENTS && isInside(request.sector(), sectors);
    }

    private boolean isInside(long sector, long sectors) {
        long all = disk.sizeBytes() / BlkifRing.SECTOR;
        return sector >= 0 && sectors >= 0 && sectors <= all && sector <= all - sectors;
    }

    private void transfer(Segment segment, boolean write, long at) throws IOException {
        SimMachine.Mapping page = machine.mapGrant(domid, segment.ref());
        try {
            ByteBuffer part = page.page()
                    .duplicate()
                    .position(segment.first() * BlkifRing.SECTOR)
                    .limit((segment.last() + 1) * BlkifRing.SECTOR);
            if (write) {
                disk.write(part, at);
            } else {
                disk.read(part, at);
            }
        } finally {
            machine.unmapGrant(page);
        }
    }

    private int discard(BlkifRequest request) throws IOException {
        if (!mode.discard()) {
            return BlkifRing.UNSUPPORTED;
        }
        long sectors = request.sectors();
        if (!isInside(request.sector(), sectors) || sectors > MOST_DISCARDED / BlkifRing.SECTOR) {
            return BlkifRing.ERROR;
        }
        disk.zero(request.sector() * BlkifRing.SECTOR, sectors * BlkifRing.SECTOR);
        return BlkifRing.OKAY;
    }

    /** Waits for the turn that is running. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            machine.events().unbind(this, port);
            machine.unmapGrant(mapping);
        }
    }
}
