package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Subnet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Translates addresses of flows, and those of their answers back. Not thread-safe. */
final class Nat {
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final int FIRST_PORT = 1024;
    private static final int LAST_PORT = 65535;

    /** A flow as its first packet had it, and as its answers have it. */
    private static final class Tracked {
        private final Flow original;
        private final Flow answer;
        private long seen = System.nanoTime();

        private Tracked(Flow original, Flow answer) {
            this.original = original;
            this.answer = answer;
        }

        private Flow translated(Flow flow) {
            seen = System.nanoTime();
            return (flow.equals(original) ? answer : original).inverse();
        }
    }

    private final Map<Flow, Tracked> flows = new HashMap<>();

    /** What becomes of a packet of a flow that is known; others stay as they are. */
    IpPacket translate(IpPacket packet) {
        Flow flow = Flow.of(packet);
        Tracked tracked = flow == null ? null : flows.get(flow);
        return flow == null || tracked == null
                ? packet
                : tracked.translated(flow).carry(packet);
    }

    /** Whether a packet, as it is after its translation, belongs to a flow that is known. */
    boolean isKnown(IpPacket packet) {
        Flow flow = Flow.of(packet);
        return flow != null && flows.containsKey(flow.inverse());
    }

    /** The first packet of a flow gets another sender. */
    IpPacket hide(IpPacket packet, IpAddress sender) {
        Flow flow = Flow.of(packet);
        if (flow == null) {
            return packet;
        }
        Flow hidden = withFreePort(flow, sender);
        track(flow, hidden.inverse());
        return hidden.carry(packet);
    }

    private Flow withFreePort(Flow flow, IpAddress sender) {
        int port = flow.fromPort();
        Flow hidden = from(flow, sender, port);
        for (int tried = FIRST_PORT; tried < LAST_PORT && flows.containsKey(hidden.inverse()); tried++) {
            port = port < LAST_PORT ? port + 1 : FIRST_PORT;
            hidden = from(flow, sender, port);
        }
        return hidden;
    }

    private static Flow from(Flow flow, IpAddress sender, int port) {
        boolean echo = flow.protocol() == IpPacket.ICMP || flow.protocol() == IpPacket.ICMPV6;
        return new Flow(flow.protocol(), sender, port, flow.to(), echo ? port : flow.toPort());
    }

    /** The first packet of a flow gets another receiver. */
    IpPacket lead(IpPacket packet, Flow flow, IpAddress receiver, int port) {
        Flow led = new Flow(flow.protocol(), flow.from(), flow.fromPort(), receiver, port);
        track(flow, led.inverse());
        return led.carry(packet);
    }

    private void track(Flow original, Flow answer) {
        long now = System.nanoTime();
        flows.values().removeIf(tracked -> now - tracked.seen > IDLE_NANOS);
        Tracked tracked = new Tracked(original, answer);
        flows.put(original, tracked);
        flows.put(answer, tracked);
    }

    /** Forgets the flows of those who are no longer hidden. */
    void forget(Subnet hidden) {
        flows.values()
                .removeIf(
                        tracked -> hidden.contains(tracked.original.from()) || hidden.contains(tracked.answer.from()));
    }
}
