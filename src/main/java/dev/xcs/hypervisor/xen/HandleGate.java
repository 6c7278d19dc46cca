package dev.xcs.hypervisor.xen;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Stands before a native handle: any number of calls may use it, closing waits for those under way, and a call that comes later is
 * refused instead of touching freed memory.
 */
final class HandleGate {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final String what;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** @param what is closed, for the refusal: a noun */
    HandleGate(String what) {
        this.what = what;
    }

    <T> T use(Supplier<T> call) {
        lock.readLock().lock();
        try {
            requireOpen();
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    void run(Runnable call) {
        use(() -> {
            call.run();
            return true;
        });
    }

    /** Closes once. Refuses calls from now on and does {@code beforeWaiting}, which may hurry those under way; then gives back the handle. */
    void close(Runnable beforeWaiting, Runnable release) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        beforeWaiting.run();
        lock.writeLock().lock();
        try {
            release.run();
        } finally {
            lock.writeLock().unlock();
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    void requireOpen() {
        if (closed.get()) {
            throw refusal();
        }
    }

    private ProblemException refusal() {
        return Problem.of(ProblemType.UNAVAILABLE, "the " + what + " is closed").toException();
    }
}
