package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.guest.NetifRxRing;
import dev.xcs.hypervisor.sim.guest.NetifTxRing;
import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.model.ProblemException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connected rings of a vif: what the guest sends goes to dom0's network as its credit allows, what that has for the guest goes into
 * the pages that it offers. One turn of work is bounded, then it is another vif's turn.
 */
final class VifRings implements EventFabric.Owner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VifRings.class);
    private static final int PAGE = 4096;
    private static final int MOST_IN_A_TURN = 64;
    private static final int MOST_QUEUED = 256;
    private static final int MOST_FRAME = 65535;
    /** XEN_NETBK_LEGACY_SLOTS_MAX: a front-end that sends more pieces for one frame is broken. */
    private static final int MOST_PIECES = 18;

    private final SimMachine machine;
    private final BackendNetwork network;
    private final Link link;
    private final int domid;
    private final Credit credit;
    private final ScheduledExecutorService io;
    private final SimMachine.Mapping txPage;
    private final SimMachine.Mapping rxPage;
    private final BackRing<NetifTxRing.Request, NetifTxRing.Response> tx;
    private final BackRing<NetifRxRing.Request, NetifRxRing.Response> rx;
    private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private List<NetifTxRing.Request> pieces = new ArrayList<>();
    private boolean complete;
    private int port;
    private boolean closed;

    /**
     * Where a front-end says its rings are.
     *
     * @param eventChannel the guest's port
     */
    record Place(int txRef, int rxRef, int eventChannel) {}

    /** Throws a {@link ProblemException} when a page is not granted or the event channel cannot be bound. */
    VifRings(
            SimMachine machine,
            BackendNetwork network,
            Link link,
            int domid,
            Place place,
            Credit credit,
            ScheduledExecutorService io) {
        this.machine = machine;
        this.network = network;
        this.link = link;
        this.domid = domid;
        this.credit = credit;
        this.io = io;
        this.txPage = machine.mapGrant(domid, place.txRef());
        this.rxPage = mapSecond(place.rxRef());
        this.tx = new BackRing<>(new NetifTxRing(txPage.page()));
        this.rx = new BackRing<>(new NetifRxRing(rxPage.page()));
        bind(place.eventChannel());
    }

    private SimMachine.Mapping mapSecond(int ref) {
        try {
            return machine.mapGrant(domid, ref);
        } catch (ProblemException e) {
            machine.unmapGrant(txPage);
            throw e;
        }
    }

    private synchronized void bind(int remotePort) {
        try {
            // The first event comes at once; its work waits for this monitor.
            port = machine.events().bind(this, domid, remotePort);
        } catch (ProblemException e) {
            machine.unmapGrant(txPage);
            machine.unmapGrant(rxPage);
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

    /** Takes a frame for the guest; never blocks. One that finds no room is lost. */
    void deliver(byte[] frame) {
        if (queued.get() >= MOST_QUEUED) {
            network.refused(link, frame.length);
        } else {
            queued.incrementAndGet();
            queue.add(frame);
            schedule();
        }
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

    /** Another rate may let go of what waits. */
    synchronized void follow(String rate) {
        credit.follow(rate);
        schedule();
    }

    private synchronized void turn() {
        scheduled.set(false);
        if (closed) {
            return;
        }
        machine.events().unmask(this, List.of(port));
        boolean sent = false;
        for (int i = 0; i < MOST_IN_A_TURN && takeFrame(); i++) {
            sent = true;
        }
        boolean received = false;
        for (int i = 0; i < MOST_IN_A_TURN && giveFrame(); i++) {
            received = true;
        }
        if (sent || received) {
            schedule();
        } else if (tx.broken() || rx.broken()) {
            LOG.info("Frontend of domain {} provided bogus ring requests. Halting ring processing", domid);
        }
    }

    /** Passes the guest's next frame on; gives whether there was one and the credit for it. */
    private boolean takeFrame() {
        while (!complete) {
            NetifTxRing.Request piece = tx.take();
            if (piece == null) {
                return false;
            }
            pieces.add(piece);
            complete = (piece.flags() & NetifTxRing.MORE_DATA) == 0 || pieces.size() > MOST_PIECES;
        }
        long wait = credit.spend(pieces.get(0).size());
        if (wait > 0) {
            io.schedule(this::schedule, wait, TimeUnit.NANOSECONDS);
            return false;
        }
        List<NetifTxRing.Request> whole = pieces;
        pieces = new ArrayList<>();
        complete = false;
        pass(whole);
        return true;
    }

    private void pass(List<NetifTxRing.Request> whole) {
        byte[] frame = read(whole);
        boolean tells = false;
        for (NetifTxRing.Request piece : whole) {
            tells |= tx.put(new NetifTxRing.Response(piece.id(), frame == null ? NetifTxRing.ERROR : NetifTxRing.OKAY));
        }
        if (tells) {
            machine.events().notify(this, port);
        }
        if (frame == null) {
            network.arriveBroken(link);
        } else if (!machine.faults().strikes(Fault.FRAME_LOSS, domid)) {
            network.arrive(link, frame);
        }
    }

    /** Null if the front-end did not keep to the rules. */
    private byte @Nullable [] read(List<NetifTxRing.Request> whole) {
        int size = whole.get(0).size();
        int rest = whole.stream().skip(1).mapToInt(NetifTxRing.Request::size).sum();
        boolean extra = whole.stream().anyMatch(piece -> (piece.flags() & NetifTxRing.EXTRA_INFO) != 0);
        if (whole.size() > MOST_PIECES || extra || size < Frame.HEADER || size > MOST_FRAME || rest > size) {
            return null;
        }
        ByteBuffer frame = ByteBuffer.allocate(size);
        for (int i = 0; i < whole.size(); i++) {
            NetifTxRing.Request piece = whole.get(i);
            int length = i == 0 ? size - rest : piece.size();
            if (piece.offset() + length > PAGE || !copy(piece, length, frame)) {
                return null;
            }
        }
        return frame.array();
    }

    private boolean copy(NetifTxRing.Request piece, int length, ByteBuffer into) {
        try {
            SimMachine.Mapping page = machine.mapGrant(domid, piece.ref());
            try {
                into.put(page.page().duplicate().position(piece.offset()).limit(piece.offset() + length));
            } finally {
                machine.unmapGrant(page);
            }
            return true;
        } catch (ProblemException e) {
            LOG.debug("domain {} sends what it has not granted: {}", domid, e.getMessage());
            return false;
        }
    }

    /** Gives the guest a frame; gives whether there was one and room for it. */
    private boolean giveFrame() {
        byte[] frame = queue.peek();
        if (frame == null) {
            return false;
        }
        int needed = (frame.length + PAGE - 1) / PAGE;
        if (rx.waiting() < needed) {
            askForPages(needed);
            return false;
        }
        queue.remove();
        queued.decrementAndGet();
        boolean tells = false;
        for (int at = 0; at < frame.length; at += PAGE) {
            tells |= give(frame, at, Math.min(PAGE, frame.length - at));
        }
        if (tells) {
            machine.events().notify(this, port);
        }
        return true;
    }

    private void askForPages(int needed) {
        if (rx.awaits(needed)) {
            schedule();
        }
    }

    private boolean give(byte[] frame, int at, int length) {
        NetifRxRing.Request offered = rx.take();
        if (offered == null) {
            return false;
        }
        int flags = at + length < frame.length ? NetifRxRing.MORE_DATA : 0;
        int status = length;
        try {
            SimMachine.Mapping page = machine.mapGrant(domid, offered.ref());
            page.page().duplicate().position(0).put(frame, at, length);
            machine.unmapGrant(page);
        } catch (ProblemException e) {
            LOG.debug("domain {} offers what it has not granted: {}", domid, e.getMessage());
            status = -1;
        }
        return rx.put(new NetifRxRing.Response(offered.id(), 0, flags, status));
    }

    /** Waits for the turn that is running. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            machine.events().unbind(this, port);
            machine.unmapGrant(txPage);
            machine.unmapGrant(rxPage);
        }
    }
}
