package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.net.Link;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One vif as Linux's netback has it (drivers/net/xen-netback/xenbus.c). Used by one thread, but for {@link #deliver}. */
final class Vif implements BackendDriver.Device {
    private static final List<String> OWN = List.of("script", "mac", "rate", "hotplug-status", "online");
    private static final List<String> FRONT = List.of("tx-ring-ref", "rx-ring-ref", "event-channel", "request-rx-copy");
    /** The kernel frees an interface after its back-end has said goodbye. */
    private static final long LINGER_MILLIS = 20;

    private final SimMachine machine;
    private final BackendNetwork network;
    private final ScheduledExecutorService io;
    private final int domid;
    private final int index;
    private final BackendNodes nodes;
    private final Runnable lookAgain;
    private final Credit credit = new Credit();
    private @Nullable Link link;
    private volatile @Nullable VifRings rings;
    private boolean closed;

    Vif(
            SimMachine machine,
            BackendNetwork network,
            ScheduledExecutorService io,
            int domid,
            int index,
            BackendNodes nodes,
            Runnable lookAgain) {
        this.machine = machine;
        this.network = network;
        this.io = io;
        this.domid = domid;
        this.index = index;
        this.nodes = nodes;
        this.lookAgain = lookAgain;
    }

    @Override
    public boolean probe() {
        if (!nodes.read(OWN, List.of()).containsKey(nodes.node("script"))) {
            nodes.refuse("reading script");
            return false;
        }
        if (network.hasVif(domid, index)) {
            nodes.refuse("creating interface: the one of a former vif is still there");
            return false;
        }
        if (machine.faults().strikes(Fault.LATE_VIF, domid)) {
            io.schedule(this::makeLinkLate, machine.options().slowness().toMillis(), TimeUnit.MILLISECONDS);
        } else {
            makeLink();
        }
        nodes.moveTo(
                XenbusState.INIT_WAIT,
                Map.of(
                        nodes.node("feature-sg"), "1",
                        nodes.node("feature-rx-copy"), "1",
                        nodes.node("feature-rx-flip"), "0",
                        nodes.node("feature-multicast-control"), "0",
                        nodes.node("feature-split-event-channels"), "0",
                        nodes.node("multi-queue-max-queues"), "1"));
        return true;
    }

    private void makeLinkLate() {
        makeLink();
        lookAgain.run();
    }

    private synchronized void makeLink() {
        if (!closed) {
            link = network.addVif(domid, index, this::deliver);
        }
    }

    private synchronized @Nullable Link link() {
        return link;
    }

    /** From dom0's network, under its lock. */
    private void deliver(byte[] frame) {
        VifRings connected = rings;
        if (connected != null) {
            connected.deliver(frame);
        }
    }

    @Override
    public boolean look() {
        Map<String, String> values = nodes.read(OWN, FRONT);
        followRate(values.getOrDefault(nodes.node("rate"), ""));
        switch (values.getOrDefault(nodes.frontNode("state"), "")) {
            case "1" -> reconnect();
            case "4" -> connect(values);
            case "5" -> {
                disconnect();
                nodes.moveTo(XenbusState.CLOSING, Map.of());
            }
            case "6" -> {
                disconnect();
                nodes.moveTo(XenbusState.CLOSED, Map.of());
                return values.getOrDefault(nodes.node("online"), "0").equals("1");
            }
            // A front-end that has died says nothing: what it had stays mapped until the back-end's directory goes.
            default -> {}
        }
        return true;
    }

    private void followRate(String rate) {
        VifRings connected = rings;
        if (connected != null) {
            connected.follow(rate);
        } else {
            credit.follow(rate);
        }
    }

    private void reconnect() {
        if (nodes.state() == XenbusState.CLOSED) {
            nodes.moveTo(XenbusState.INIT_WAIT, Map.of());
        }
    }

    /** Frames pass as soon as the rings are mapped; connected it is only when the hotplug script is done too. */
    private void connect(Map<String, String> values) {
        Link made = link();
        if (nodes.state() == XenbusState.INIT_WAIT && rings == null && made != null) {
            map(values, made);
        }
        boolean plugged = values.getOrDefault(nodes.node("hotplug-status"), "").equals("connected");
        if (rings != null && plugged) {
            nodes.moveTo(XenbusState.CONNECTED, Map.of());
        }
    }

    private void map(Map<String, String> values, Link made) {
        if (!isMac(values.getOrDefault(nodes.node("mac"), ""))) {
            nodes.fail("parsing " + nodes.node("mac"), null);
            return;
        }
        if (!values.getOrDefault(nodes.frontNode("request-rx-copy"), "0").equals("1")) {
            nodes.fail("mapping shared-frames: the front-end does not ask for copies", null);
            return;
        }
        try {
            VifRings.Place place = new VifRings.Place(
                    number(values, "tx-ring-ref"), number(values, "rx-ring-ref"), number(values, "event-channel"));
            rings = new VifRings(machine, network, made, domid, place, credit, io);
        } catch (NumberFormatException | ProblemException e) {
            nodes.fail("mapping shared-frames", e);
        }
    }

    private int number(Map<String, String> values, String name) {
        return Integer.parseInt(values.getOrDefault(nodes.frontNode(name), ""));
    }

    private static boolean isMac(String text) {
        try {
            return MacAddress.parse(text).text().length() > 0;
        } catch (ProblemException e) {
            return false;
        }
    }

    private void disconnect() {
        VifRings connected = rings;
        if (connected != null) {
            rings = null;
            connected.close();
        }
    }

    @Override
    public void close() {
        disconnect();
        Link made;
        synchronized (this) {
            closed = true;
            made = link;
        }
        if (made != null && !io.isShutdown()) {
            io.schedule(() -> network.removeVif(made), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
