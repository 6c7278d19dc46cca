package dev.xcs.hypervisor.xen;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** The one xc_interface for queries and short calls, used by one thread after the other. */
final class SharedInterface implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final XenInterface xc;
    private boolean closed;

    SharedInterface(XenInterface xc) {
        this.xc = xc;
    }

    <T> T use(Function<XenInterface, T> call) {
        lock.lock();
        try {
            if (closed) {
                throw Problem.of(ProblemType.UNAVAILABLE, "the hypervisor adapter is closed")
                        .toException();
            }
            return call.apply(xc);
        } finally {
            lock.unlock();
        }
    }

    /** For calls with a handle of their own: refuses them all the same once this is closed. */
    void requireOpen() {
        use(open -> open);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                xc.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
