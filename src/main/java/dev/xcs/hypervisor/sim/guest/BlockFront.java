package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlkifRequest.Segment;
import dev.xcs.model.ProblemException;
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
final class BlockFront {
    /** XenbusState, as far as it is used here. */
    private static final int INITIALISING = 1;

    private static final int INIT_WAIT = 2;
    private static final int INITIALISED = 3;
    private static final int CONNECTED = 4;
    private static final int CLOSING = 5;
    private static final int CLOSED = 6;
    /** Most bytes of one request. */
    static final int MOST_BYTES = BlkifRing.SEGMENTS * BlkifRing.SECTORS_PER_PAGE * BlkifRing.SECTOR;

    private static final int PAGE = 4096;
    private static final int READONLY = 4;
    private static final int CDROM = 1;

    private final Guest guest;
    private final Hardware hardware;
    private final String id;
    private final String directory;
    private final String backend;
    private final Hardware.Watch watch;
    private final Map<Long, Pending> pending = new HashMap<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private String name;
    private int state = INITIALISING;
    private boolean stuck;
    private @Nullable FrontRing ring;
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

    BlockFront(Guest guest, String id, String directory, String backend) {
        this.guest = guest;
        this.hardware = guest.hardware();
        this.id = id;
        this.directory = directory;
        this.backend = backend;
        this.name = "vbd-" + id;
        Runnable looking = guest.signal(this::look);
        this.watch = hardware.watch(backend + "/state", path -> looking.run());
    }

    String name() {
        return name;
    }

    int state() {
        return state;
    }

    boolean isConnected() {
        return state == CONNECTED;
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

    void unstick() {
        stuck = false;
        look();
    }

    /** Does what the back-end's state asks for. */
    void look() {
        switch (value(backend + "/state")) {
            case INIT_WAIT -> {
                if (state == INITIALISING && !deaf()) {
                    negotiate();
                }
            }
            case CONNECTED -> {
                if (state == INITIALISED) {
                    connect();
                } else if (state == CONNECTED) {
                    resize();
                }
            }
            case CLOSING, CLOSED -> close();
            default -> {}
        }
    }

    /** Lets go of the disk, unless that has happened before. */
    void close() {
        if (state != CLOSED && !deaf()) {
            release();
            moveTo(CLOSED, Map.of());
        }
    }

    private boolean deaf() {
        stuck = stuck || hardware.ignoresDisks();
        return stuck;
    }

    private int value(String key) {
        String text = hardware.readAll(List.of(key)).getOrDefault(key, "");
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private void negotiate() {
        ByteBuffer page = hardware.newPage();
        ring = new FrontRing(page);
        ringRef = hardware.grant(page);
        port = hardware.allocatePort(guest.signal(this::takeResponses));
        Map<String, String> values = new LinkedHashMap<>();
        values.put(directory + "/ring-ref", String.valueOf(ringRef));
        values.put(directory + "/event-channel", String.valueOf(port));
        values.put(directory + "/protocol", "x86_64-abi");
        values.put(directory + "/feature-persistent", "0");
        moveTo(INITIALISED, values);
    }

    private void connect() {
        Optional<String> shown = guest.disks().nameFor(new VirtualDevice(Integer.parseInt(id)));
        if (shown.isEmpty()) {
            guest.printk("vbd " + name + ": 19 xlvbd_add at " + backend);
            moveTo(CLOSING, Map.of());
            return;
        }
        name = shown.get();
        String sectorsKey = backend + "/sectors";
        Map<String, String> nodes = hardware.readAll(List.of(sectorsKey));
        sectors = Long.parseLong(nodes.getOrDefault(sectorsKey, "0"));
        info = value(backend + "/info");
        discards = value(backend + "/feature-discard") == 1;
        boolean flushes = value(backend + "/feature-flush-cache") == 1;
        guest.flavour()
                .diskAttached(name, id, sectors, value(backend + "/sector-size"), flushes)
                .forEach(guest::printk);
        moveTo(CONNECTED, Map.of());
    }

    private void resize() {
        String sectorsKey = backend + "/sectors";
        long now =
                Long.parseLong(hardware.readAll(List.of(sectorsKey)).getOrDefault(sectorsKey, String.valueOf(sectors)));
        if (now != sectors) {
            guest.printk(name + ": detected capacity change from " + sectors + " to " + now);
            sectors = now;
        }
    }

    private void moveTo(int newState, Map<String, String> before) {
        state = newState;
        Map<String, String> values = new LinkedHashMap<>(before);
        values.put(directory + "/state", String.valueOf(newState));
        try {
            hardware.update(directory + "/state", values);
        } catch (ProblemException e) {
            guest.printk("xenbus: cannot write " + directory + ": " + e.getMessage());
        }
    }

    /** Its directory has gone. */
    void remove() {
        watch.end();
        release();
        state = CLOSED;
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
        if (ring == null || !isConnected() || ring.full()) {
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
                Integer.parseInt(id) & 0xffff,
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
        FrontRing current = ring;
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
