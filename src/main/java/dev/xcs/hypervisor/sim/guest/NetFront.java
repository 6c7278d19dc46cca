package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.net.Frame;
import dev.xcs.hypervisor.sim.net.HardwareAddress;
import dev.xcs.hypervisor.sim.net.Nic;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One network interface as a guest's netfront has it: negotiates with the back-end, then moves frames through the rings. Used in the
 * guest's mailbox only.
 */
final class NetFront implements FrontDevice, Nic {
    private static final int PAGE = 4096;
    /** Pages that wait for frames: few, as there may be a thousand guests. */
    private static final int LEAST_OFFERED = 8;

    private static final int TAG = 4;
    /** As Linux's txqueuelen. */
    private static final int MOST_QUEUED = 1000;

    private static final int DEFAULT_MTU = 1500;

    private final Guest guest;
    private final Hardware hardware;
    private final FrontNodes nodes;
    private final Map<Integer, Granted> sending = new HashMap<>();
    private final Map<Integer, Granted> offered = new HashMap<>();
    private final Deque<ByteBuffer> spare = new ArrayDeque<>();
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private final ByteArrayOutputStream arriving = new ByteArrayOutputStream();
    private String name;
    private HardwareAddress mac = HardwareAddress.ZERO;
    private int mtu = DEFAULT_MTU;
    private boolean up = true;
    private NetCounters counters = NetCounters.NONE;
    private @Nullable Rings rings;
    private int nextId;

    /** A page that dom0 may use. */
    private record Granted(int ref, ByteBuffer page) {}

    /** What the front-end shares with its back-end. */
    private record Rings(
            FrontRing<NetifTxRing.Request, NetifTxRing.Response> tx,
            FrontRing<NetifRxRing.Request, NetifRxRing.Response> rx,
            int txRef,
            int rxRef,
            int port) {}

    NetFront(Guest guest, FrontNodes nodes) {
        this.guest = guest;
        this.hardware = guest.hardware();
        this.nodes = nodes;
        this.name = "vif-" + nodes.id();
    }

    @Override
    public FrontNodes nodes() {
        return nodes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public HardwareAddress mac() {
        return mac;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    void up(boolean value) {
        up = value;
    }

    NetCounters counters() {
        return counters;
    }

    boolean isConnected() {
        return nodes.isConnected();
    }

    @Override
    public void look() {
        switch ((int) nodes.backNumber("state")) {
            case FrontNodes.INIT_WAIT -> {
                if (nodes.state() == FrontNodes.INITIALISING && !nodes.deaf()) {
                    connect();
                }
            }
            case FrontNodes.CLOSING, FrontNodes.CLOSED -> close();
            default -> {}
        }
    }

    private void connect() {
        try {
            mac = HardwareAddress.of(MacAddress.parse(nodes.front("mac")));
        } catch (ProblemException e) {
            guest.printk("vif " + name + ": 2 parsing mac: " + e.getMessage());
            nodes.moveTo(FrontNodes.CLOSING, Map.of());
            return;
        }
        String said = nodes.front("mtu");
        mtu = said.matches("[0-9]{2,5}") ? Integer.parseInt(said) : DEFAULT_MTU;
        ByteBuffer txPage = hardware.newPage();
        ByteBuffer rxPage = hardware.newPage();
        Rings made = new Rings(
                new FrontRing<>(new NetifTxRing(txPage)),
                new FrontRing<>(new NetifRxRing(rxPage)),
                hardware.grant(txPage),
                hardware.grant(rxPage),
                hardware.allocatePort(guest.signal(this::work)));
        rings = made;
        offerPages(made);
        name = guest.networks().freeName();
        guest.flavour().networkAttached(name, nodes.id(), mac.toString()).forEach(guest::printk);
        nodes.moveTo(FrontNodes.CONNECTED, features(made));
        guest.networks().attached(this);
    }

    private static Map<String, String> features(Rings made) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("tx-ring-ref", String.valueOf(made.txRef()));
        values.put("rx-ring-ref", String.valueOf(made.rxRef()));
        values.put("event-channel", String.valueOf(made.port()));
        values.put("request-rx-copy", "1");
        values.put("feature-rx-notify", "1");
        values.put("feature-sg", "1");
        values.put("feature-no-csum-offload", "1");
        return values;
    }

    private void offerPages(Rings shared) {
        int wanted = Math.max(LEAST_OFFERED, 2 * ((mtu + Frame.HEADER + TAG) / PAGE + 1));
        boolean tells = false;
        while (offered.size() < wanted && shared.rx().room() > 0) {
            Granted page = grant();
            int id = freeId(offered);
            offered.put(id, page);
            tells |= shared.rx().put(new NetifRxRing.Request(id, page.ref()));
        }
        if (tells) {
            hardware.notifyPort(shared.port());
        }
    }

    private Granted grant() {
        ByteBuffer page = spare.isEmpty() ? ByteBuffer.allocate(PAGE) : spare.pop();
        return new Granted(hardware.grant(page), page);
    }

    private int freeId(Map<Integer, Granted> used) {
        do {
            nextId = (nextId + 1) & 0xffff;
        } while (used.containsKey(nextId));
        return nextId;
    }

    private void giveBack(Granted granted) {
        hardware.revoke(granted.ref());
        if (spare.size() < LEAST_OFFERED) {
            spare.push(granted.page());
        }
    }

    @Override
    public void transmit(byte[] frame) {
        Rings shared = rings;
        boolean fits = frame.length <= mtu + Frame.HEADER + TAG;
        if (shared == null || !isConnected() || !up || !fits || queue.size() >= MOST_QUEUED) {
            counters = counters.sendDropped();
            return;
        }
        queue.add(frame);
        pushQueue(shared);
    }

    private void pushQueue(Rings shared) {
        boolean tells = false;
        for (byte[] frame = queue.peek(); frame != null && fits(shared, frame); frame = queue.peek()) {
            queue.remove();
            for (int at = 0; at < frame.length; at += PAGE) {
                tells |= shared.tx().put(piece(frame, at, Math.min(PAGE, frame.length - at)));
            }
            counters = counters.sent(frame.length);
        }
        if (tells) {
            hardware.notifyPort(shared.port());
        }
    }

    private static boolean fits(Rings shared, byte[] frame) {
        return shared.tx().room() >= (frame.length + PAGE - 1) / PAGE;
    }

    private NetifTxRing.Request piece(byte[] frame, int at, int length) {
        Granted page = grant();
        page.page().put(0, frame, at, length);
        int id = freeId(sending);
        sending.put(id, page);
        int flags = at + length < frame.length ? NetifTxRing.MORE_DATA : 0;
        return new NetifTxRing.Request(page.ref(), 0, flags, id, at == 0 ? frame.length : length);
    }

    /** The back-end has done something. */
    private void work() {
        Rings shared = rings;
        if (shared == null) {
            return;
        }
        for (NetifTxRing.Response done = shared.tx().take();
                done != null;
                done = shared.tx().take()) {
            Granted page = sending.remove(done.id());
            if (page != null) {
                giveBack(page);
            }
        }
        for (NetifRxRing.Response done = shared.rx().take();
                done != null;
                done = shared.rx().take()) {
            take(done);
        }
        // What was received may have been answered with the end of the rings.
        if (shared == rings) {
            offerPages(shared);
            pushQueue(shared);
        }
    }

    private void take(NetifRxRing.Response piece) {
        Granted page = offered.remove(piece.id());
        if (page == null) {
            return;
        }
        if (piece.status() > 0) {
            byte[] bytes = new byte[piece.status()];
            page.page().get(piece.offset(), bytes);
            arriving.writeBytes(bytes);
        }
        giveBack(page);
        if ((piece.flags() & NetifRxRing.MORE_DATA) == 0) {
            byte[] frame = arriving.toByteArray();
            arriving.reset();
            if (up && piece.status() > 0) {
                counters = counters.received(frame.length);
                guest.networks().host().receive(this, frame);
            } else {
                counters = counters.receiveDropped();
            }
        }
    }

    @Override
    public void close() {
        if (nodes.state() != FrontNodes.CLOSED && !nodes.deaf()) {
            release();
            nodes.moveTo(FrontNodes.CLOSED, Map.of());
        }
    }

    @Override
    public void remove() {
        release();
        nodes.end();
    }

    private void release() {
        Rings shared = rings;
        if (shared == null) {
            return;
        }
        rings = null;
        guest.networks().detached(this);
        guest.flavour().networkDetached(name).forEach(guest::printk);
        hardware.closePort(shared.port());
        hardware.revoke(shared.txRef());
        hardware.revoke(shared.rxRef());
        sending.values().forEach(this::giveBack);
        offered.values().forEach(this::giveBack);
        sending.clear();
        offered.clear();
        queue.clear();
    }
}
