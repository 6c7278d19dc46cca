package dev.xcs.hypervisor.sim;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Event channels between dom0 and guests, with the pending and mask bits of Xen's two-level ABI. A port of a guest waits for dom0
 * until a process there binds it, and waits again when that process gives its end back. Thread-safe; calls out under its lock, so
 * what it calls must be quick.
 */
final class EventFabric {
    /** The two-level ABI has 4096 ports; port 0 is never used. */
    static final int MAX_PORT = 4095;

    private final Faults faults;
    private final Map<Integer, Map<Integer, GuestEnd>> guests = new HashMap<>();
    private final Map<Integer, Dom0End> local = new HashMap<>();
    private final BitSet used = new BitSet();

    EventFabric(Faults faults) {
        this.faults = faults;
        used.set(0);
    }

    /** A process of dom0 that has bound ports. */
    interface Owner {
        /** The port fired and is masked now. Must not block. */
        void raised(int port);

        /** Whether it is dom0's kernel: the faults of events are for processes, for whom they are recoverable. */
        default boolean isKernel() {
            return false;
        }
    }

    private static final class GuestEnd {
        private final Runnable onEvent;
        private @Nullable Dom0End peer;

        private GuestEnd(Runnable onEvent) {
            this.onEvent = onEvent;
        }
    }

    private static final class Dom0End {
        private final Owner owner;
        private final int port;
        private final int domid;
        private @Nullable GuestEnd peer;
        private boolean pending;
        private boolean masked;

        private Dom0End(Owner owner, int port, int domid, GuestEnd peer) {
            this.owner = owner;
            this.port = port;
            this.domid = domid;
            this.peer = peer;
        }
    }

    /** Allocates a port in a guest that waits for dom0, as xc_evtchn_alloc_unbound does. */
    synchronized int allocate(int domid, Runnable onEvent) {
        Map<Integer, GuestEnd> ends = guests.computeIfAbsent(domid, d -> new HashMap<>());
        int port = 1;
        while (ends.containsKey(port)) {
            port++;
        }
        ends.put(port, new GuestEnd(onEvent));
        return port;
    }

    /** A guest gives a port of its own back; dom0's end stays bound to nothing. */
    synchronized void close(int domid, int port) {
        Map<Integer, GuestEnd> ends = guests.get(domid);
        GuestEnd end = ends == null ? null : ends.remove(port);
        if (end != null && end.peer != null) {
            end.peer.peer = null;
        }
    }

    /** Closes every port of a dead domain; dom0's ends stay bound to nothing. */
    synchronized void closeAll(int domid) {
        Map<Integer, GuestEnd> ends = guests.remove(domid);
        if (ends != null) {
            ends.values().forEach(end -> {
                if (end.peer != null) {
                    end.peer.peer = null;
                }
            });
        }
    }

    synchronized int bind(Owner owner, int domid, int remotePort) {
        String argument = "domid " + domid + ", port " + remotePort;
        Map<Integer, GuestEnd> ends = guests.get(domid);
        GuestEnd end = ends == null ? null : ends.get(remotePort);
        if (end == null) {
            throw XenErrno.EINVAL.of("xenevtchn_bind_interdomain", argument, "the domain has no such port");
        }
        if (end.peer != null || strikes(Fault.BIND_EINVAL, owner, domid)) {
            throw XenErrno.EINVAL.of("xenevtchn_bind_interdomain", argument, "another process has bound this port");
        }
        int port = used.nextClearBit(1);
        if (port > MAX_PORT) {
            throw XenErrno.ENOSPC.of("xenevtchn_bind_interdomain", argument, "all " + MAX_PORT + " ports are in use");
        }
        used.set(port);
        Dom0End mine = new Dom0End(owner, port, domid, end);
        end.peer = mine;
        local.put(port, mine);
        raise(mine);
        return port;
    }

    synchronized void unbind(Owner owner, int port) {
        Dom0End mine = local.get(port);
        if (mine == null || mine.owner != owner) {
            return;
        }
        local.remove(port);
        used.clear(port);
        if (mine.peer != null) {
            mine.peer.peer = null;
        }
    }

    synchronized void notify(Owner owner, int port) {
        Dom0End mine = local.get(port);
        if (mine == null || mine.owner != owner) {
            throw XenErrno.ENOTCONN.of("xenevtchn_notify", "port " + port, "this process has not bound the port");
        }
        if (mine.peer != null) {
            mine.peer.onEvent.run();
        }
    }

    /** Lets ports fire again; one that is pending does so at once. Ports of others are passed over. */
    synchronized void unmask(Owner owner, List<Integer> ports) {
        for (int port : ports) {
            Dom0End mine = local.get(port);
            if (mine != null && mine.owner == owner && mine.masked) {
                mine.masked = false;
                if (mine.pending || strikes(Fault.SPURIOUS_EVENT, owner, mine.domid)) {
                    raise(mine);
                }
            }
        }
    }

    /** A guest raises the event at dom0's end; dropped while nobody has bound it. */
    synchronized void notifyDom0(int domid, int guestPort) {
        Map<Integer, GuestEnd> ends = guests.get(domid);
        GuestEnd end = ends == null ? null : ends.get(guestPort);
        if (end != null && end.peer != null && !strikes(Fault.LOST_EVENT, end.peer.owner, domid)) {
            raise(end.peer);
        }
    }

    private boolean strikes(Fault fault, Owner owner, int domid) {
        return !owner.isKernel() && faults.strikes(fault, domid);
    }

    private static void raise(Dom0End end) {
        if (end.masked) {
            end.pending = true;
            return;
        }
        end.pending = false;
        end.masked = true;
        end.owner.raised(end.port);
    }

    /** How many ports dom0 has bound. */
    synchronized int bound() {
        return local.size();
    }
}
