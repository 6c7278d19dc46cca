package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlkifRequest.Segment;
import dev.xcs.model.VirtualDevice;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One disk as a guest's blkfront has it: negotiates with the back-end, then does I/O through the ring. Used in the guest's mailbox only. */
final class BlockFront implements FrontDevice {
    /** Most bytes of one request. */
    static final int MOST_BYTES = BlkifRing.SEGMENTS * BlkifRing.SECTORS_PER_PAGE * BlkifRing.SECTOR;

    private static final int PAGE = 4096;
    private static final int READONLY = 4;
    private static final int CDROM = 1;

    private final Guest guest;
    private final Hardware hardware;
    private final FrontNodes nodes;
    private final Map<Long, Pending> pending = new HashMap<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private String name;
    private @Nullable FrontRing<BlkifRequest, BlkifResponse> ring;
    private int ringRef;
    private int port;
    private long nextId;
    private long sectors;
    private int info;
    private boolean discards;

    /** A request that is on the ring. */
    private record Pending(Io io, List<ByteBuffer> pages, List<Integer> refs, IntConsumer onDone) {}

    /**
     * One operation on a disk.
     *
     * @param sector in units of 512 bytes
     * @param data whole sectors: written, or overwritten by what was read; empty for flush and discard
     * @param discarded sectors of a discard
     */
    record Io(int operation, long sector, byte[] data, long discarded) {}

    BlockFront(Guest guest, FrontNodes nodes) {
        this.guest = guest;
        this.hardware = guest.hardware();
        this.nodes = nodes;
        this.name = "vbd-" + nodes.id();
    }

    @Override
    public FrontNodes nodes() {
        return nodes;
    }

    String name() {
        return name;
    }

    boolean isConnected() {
        return nodes.isConnected();
    }

    long sizeBytes() {
        return sectors * BlkifRing.SECTOR;
    }

    boolean readOnly() {
        return (info & READONLY) != 0;
    }

    boolean cdrom() {
        return (info & CDROM) != 0;
    }

    boolean canDiscard() {
        return discards;
    }

    @Override
    public void look() {
        switch ((int) nodes.backNumber("state")) {
            case FrontNodes.INIT_WAIT -> {
                if (nodes.state() == FrontNodes.INITIALISING && !nodes.deaf()) {
                    negotiate();
                }
            }
            case FrontNodes.CONNECTED -> {
                if (nodes.state() == FrontNodes.INITIALISED) {
                    connect();
                } else if (isConnected()) {
                    resize();
                }
            }
            case FrontNodes.CLOSING, FrontNodes.CLOSED -> close();
            default -> {}
        }
    }

    @Override
    public void close() {
        if (nodes.state() != FrontNodes.CLOSED && !nodes.deaf()) {
            release();
            nodes.moveTo(FrontNodes.CLOSED, Map.of());
        }
    }

    private void negotiate() {
        ByteBuffer page = hardware.newPage();
        ring = new FrontRing<>(new BlkifRing(page));
        ringRef = hardware.grant(page);
        port = hardware.allocatePort(guest.signal(this::takeResponses));
        Map<String, String> values = new LinkedHashMap<>();
        values.put("ring-ref", String.valueOf(ringRef));
        values.put("event-channel", String.valueOf(port));
        values.put("protocol", "x86_64-abi");
        values.put("feature-persistent", "0");
        nodes.moveTo(FrontNodes.INITIALISED, values);
    }

    private void connect() {
        Optional<String> shown = guest.disks().nameFor(new VirtualDevice(Integer.parseInt(nodes.id())));
        if (shown.isEmpty()) {
            guest.printk("vbd " + name + ": 19 xlvbd_add at " + nodes.backend());
            nodes.moveTo(FrontNodes.CLOSING, Map.of());
            return;
        }
        name = shown.get();
        sectors = nodes.backNumber("sectors");
        info = (int) nodes.backNumber("info");
        discards = nodes.backNumber("feature-discard") == 1;
        boolean flushes = nodes.backNumber("feature-flush-cache") == 1;
        guest.flavour()
                .diskAttached(name, nodes.id(), sectors, (int) nodes.backNumber("sector-size"), flushes)
                .forEach(guest::printk);
        nodes.moveTo(FrontNodes.CONNECTED, Map.of());
    }

    private void resize() {
        long now = nodes.backNumber("sectors");
        if (now != sectors && now != 0) {
            guest.printk(name + ": detected capacity change from " + sectors + " to " + now);
            sectors = now;
        }
    }

    @Override
    public void remove() {
        release();
        nodes.end();
    }

    private void release() {
        if (ring == null) {
            return;
        }
        if (isConnected()) {
            guest.flavour().diskDetached(name).forEach(guest::printk);
        }
        ring = null;
        hardware.closePort(port);
        hardware.revoke(ringRef);
        List<Pending> lost = new ArrayList<>(pending.values());
        pending.clear();
        for (Pending request : lost) {
            request.refs().forEach(hardware::revoke);
            request.onDone().accept(BlkifRing.ERROR);
        }
    }

    /**
     * Puts a request on the ring.
     *
     * @param onDone gets the status when the response has come, or an error when the disk goes before that
     * @return false when there is no room or no disk: then nothing happens
     */
    boolean submit(Io io, IntConsumer onDone) {
        if (ring == null || !isConnected() || ring.room() == 0) {
            return false;
        }
        List<ByteBuffer> pages = new ArrayList<>();
        List<Integer> refs = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        for (int at = 0; at < io.data().length; at += PAGE) {
            int length = Math.min(PAGE, io.data().length - at);
            ByteBuffer page = spare.isEmpty() ? hardware.newPage() : spare.pop();
            if (io.operation() == BlkifRing.WRITE) {
                page.put(0, io.data(), at, length);
            }
            int ref = hardware.grant(page);
            pages.add(page);
            refs.add(ref);
            segments.add(new Segment(ref, 0, length / BlkifRing.SECTOR - 1));
        }
        long request = nextId++;
        pending.put(request, new Pending(io, pages, refs, onDone));
        if (ring.put(new BlkifRequest(
                io.operation(),
                Integer.parseInt(nodes.id()) & 0xffff,
                request,
                io.sector(),
                io.discarded(),
                segments.size(),
                segments))) {
            hardware.notifyPort(port);
        }
        return true;
    }

    private void takeResponses() {
        FrontRing<BlkifRequest, BlkifResponse> current = ring;
        BlkifResponse response = current == null ? null : current.take();
        while (current != null && response != null) {
            Pending done = pending.remove(response.id());
            if (done != null) {
                finish(done, response.status());
            }
            response = current.take();
        }
    }

    private void finish(Pending done, int status) {
        done.refs().forEach(hardware::revoke);
        byte[] data = done.io().data();
        for (int i = 0; i < done.pages().size(); i++) {
            ByteBuffer page = done.pages().get(i);
            if (done.io().operation() == BlkifRing.READ && status == BlkifRing.OKAY) {
                page.get(0, data, i * PAGE, Math.min(PAGE, data.length - i * PAGE));
            }
            if (spare.size() < BlkifRing.SEGMENTS) {
                spare.push(page);
            }
        }
        if (status != BlkifRing.OKAY) {
            guest.printk("I/O error, dev " + name + ", sector " + done.io().sector() + " op "
                    + done.io().operation());
        }
        done.onDone().accept(status);
    }
}
