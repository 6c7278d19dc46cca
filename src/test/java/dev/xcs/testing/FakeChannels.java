package dev.xcs.testing;

import dev.xcs.hypervisor.EventChannels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Event channels with mask and pending bits; local port numbers are used again at once, the lowest first. */
public final class FakeChannels implements EventChannels {
    private static final int EINVAL = 22;

    private static final class Port {
        final int domid;
        final int remotePort;
        boolean masked;
        boolean pending;

        Port(int domid, int remotePort) {
            this.domid = domid;
            this.remotePort = remotePort;
        }
    }

    private final FakeHypervisor host;
    private final Map<Integer, Port> ports = new HashMap<>();
    private final Map<Integer, Runnable> guests = new HashMap<>();
    private final Set<Integer> foreign = new HashSet<>();
    private final List<Integer> fired = new ArrayList<>();
    private boolean overflowed;
    private boolean woken;
    private int toLose;

    FakeChannels(FakeHypervisor host) {
        this.host = host;
    }

    /** What happens in a guest when it is notified at its port. */
    synchronized void onNotify(int remotePort, Runnable guest) {
        guests.put(remotePort, guest);
    }

    /** Another process has bound this port of a guest. */
    public synchronized void takenByAnother(int remotePort) {
        foreign.add(remotePort);
    }

    /** The next events vanish after their port was masked. */
    public synchronized void loseNext(int events) {
        toLose = events;
    }

    public synchronized boolean hasLostAll() {
        return toLose == 0;
    }

    /** The queue of events ran over: they vanish, their ports stay masked, and the next wait says so. */
    public synchronized void overflow() {
        fired.clear();
        overflowed = true;
        notifyAll();
    }

    /** An event of a local port, bound or not. */
    public synchronized void fire(int port) {
        fired.add(port);
        notifyAll();
    }

    public synchronized int bound() {
        return ports.size();
    }

    public synchronized boolean isMasked(int port) {
        Port known = ports.get(port);
        return known != null && known.masked;
    }

    /** The guest's end raises its event. */
    synchronized void raise(int domid, int remotePort) {
        ports.forEach((number, port) -> {
            if (port.domid == domid && port.remotePort == remotePort) {
                raise(number, port);
            }
        });
    }

    private void raise(int number, Port port) {
        if (port.masked) {
            port.pending = true;
            return;
        }
        port.masked = true;
        if (toLose > 0) {
            toLose--;
        } else {
            fire(number);
        }
    }

    @Override
    public int bind(int domid, int remotePort) {
        host.called("bind");
        synchronized (this) {
            if (foreign.contains(remotePort)) {
                throw FakeHypervisor.refusal("xenevtchn_bind_interdomain", remotePort, EINVAL);
            }
            int number = 1;
            while (ports.containsKey(number)) {
                number++;
            }
            Port port = new Port(domid, remotePort);
            ports.put(number, port);
            raise(number, port);
            return number;
        }
    }

    @Override
    public void unbind(int port) {
        host.called("unbind");
        synchronized (this) {
            ports.remove(port);
        }
    }

    @Override
    public void notify(int port) {
        host.called("notify");
        Runnable guest;
        synchronized (this) {
            Port known = ports.get(port);
            if (known == null) {
                throw FakeHypervisor.refusal("xenevtchn_notify", port, EINVAL);
            }
            guest = guests.getOrDefault(known.remotePort, () -> {});
        }
        guest.run();
    }

    @Override
    public void unmask(List<Integer> numbers) {
        host.called("unmask");
        synchronized (this) {
            for (int number : numbers) {
                unmask(number);
            }
        }
    }

    private void unmask(int number) {
        Port port = ports.get(number);
        if (port == null) {
            return;
        }
        port.masked = false;
        if (port.pending) {
            port.pending = false;
            raise(number, port);
        }
    }

    @Override
    public Raised await(int timeoutMillis) {
        host.called("await");
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        synchronized (this) {
            while (fired.isEmpty() && !overflowed && !woken && waitUntil(deadline)) {
                // Until one of them is said.
            }
            Raised raised = new Raised(fired, overflowed);
            fired.clear();
            overflowed = false;
            woken = false;
            return raised;
        }
    }

    private boolean waitUntil(long deadline) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        try {
            if (left > 0) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return left > 0;
    }

    @Override
    public synchronized void wake() {
        woken = true;
        notifyAll();
    }
}
