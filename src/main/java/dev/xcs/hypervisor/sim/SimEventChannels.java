package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.EventChannels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One process's event-channel device: its ports and the queue of those that fired. */
final class SimEventChannels implements EventChannels, EventFabric.Owner {
    private final EventFabric fabric;
    private final Faults faults;
    private final Set<Integer> bound = new TreeSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // A port is masked from when it is queued until it is unmasked, so that it is here once at most.
    private final Set<Integer> fired = new LinkedHashSet<>();
    private boolean overflowed;
    private boolean woken;

    SimEventChannels(EventFabric fabric, Faults faults) {
        this.fabric = fabric;
        this.faults = faults;
    }

    @Override
    public int bind(int domid, int remotePort) {
        int port = fabric.bind(this, domid, remotePort);
        synchronized (bound) {
            bound.add(port);
        }
        return port;
    }

    @Override
    public void unbind(int port) {
        synchronized (bound) {
            bound.remove(port);
        }
        fabric.unbind(this, port);
        locked(() -> fired.remove(port));
    }

    @Override
    public void notify(int port) {
        fabric.notify(this, port);
    }

    @Override
    public void unmask(List<Integer> ports) {
        fabric.unmask(this, ports);
    }

    @Override
    public void raised(int port) {
        boolean overflow = faults.strikes(Fault.EVENT_OVERFLOW);
        locked(() -> {
            fired.add(port);
            if (overflow) {
                // As the evtchn driver's reset does: the queue is emptied, and what was in it stays masked.
                fired.clear();
                overflowed = true;
            }
            changed.signalAll();
        });
    }

    @Override
    public Raised await(int timeoutMillis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (fired.isEmpty() && !overflowed && !woken && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return take();
    }

    private Raised take() {
        lock.lock();
        try {
            Raised raised = new Raised(new ArrayList<>(fired), overflowed);
            fired.clear();
            overflowed = false;
            woken = false;
            return raised;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wake() {
        locked(() -> {
            woken = true;
            changed.signalAll();
        });
    }

    /** As the kernel does when a process ends. */
    void close() {
        List<Integer> ports;
        synchronized (bound) {
            ports = List.copyOf(bound);
        }
        ports.forEach(this::unbind);
        wake();
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
