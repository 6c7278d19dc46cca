package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.xcs.hypervisor.EventChannels;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Event channels of dom0 through one handle of libxenevtchn. Binding and notifying go through the library; waiting, reading and
 * unmasking use its file descriptor, where one system call carries many ports (the descriptor's read and write take arrays of
 * 32-bit ports, Linux drivers/xen/evtchn.c).
 */
final class XenEventChannels implements EventChannels, AutoCloseable {
    private static final int PORT_BYTES = 4;
    private static final int MAX_PORTS = 256;
    /** {@code struct pollfd}: int fd, short events, short revents. */
    private static final int POLLFD_BYTES = 8;

    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;
    /** IOCTL_EVTCHN_RESET (xen/evtchn.h): _IOC(_IOC_NONE, 'E', 5, 0). */
    private static final long RESET = 0x4505;

    private final LibXenEvtchn evtchn;
    private final LibC libc;
    private final Pointer handle;
    private final int fd;
    private final int wakeFd;
    private final HandleGate gate = new HandleGate("hypervisor adapter");
    /** Held by the one thread that awaits; guards polled and raised. */
    private final ReentrantLock reader = new ReentrantLock();

    private final Memory polled = new Memory(2L * POLLFD_BYTES);
    private final Memory raised = new Memory((long) MAX_PORTS * PORT_BYTES);
    /** Guards masked. */
    private final ReentrantLock writer = new ReentrantLock();

    private final Memory masked = new Memory((long) MAX_PORTS * PORT_BYTES);
    private final Memory one = new Memory(Long.BYTES);

    private XenEventChannels(LibXenEvtchn evtchn, LibC libc, Pointer handle, int fd, int wakeFd) {
        this.evtchn = evtchn;
        this.libc = libc;
        this.handle = handle;
        this.fd = fd;
        this.wakeFd = wakeFd;
        one.setLong(0, 1);
    }

    /** @param logger for libxenevtchn, which writes to the standard error stream without one; outlives this */
    static XenEventChannels open(LibXenEvtchn evtchn, LibC libc, @Nullable Pointer logger) {
        Pointer handle = evtchn.xenevtchn_open(logger, 0);
        if (handle == null) {
            throw CallFailure.last("xenevtchn_open", "");
        }
        int wakeFd = libc.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        if (wakeFd < 0) {
            ProblemException failure = CallFailure.last("eventfd", 0);
            evtchn.xenevtchn_close(handle);
            throw failure;
        }
        return new XenEventChannels(evtchn, libc, handle, evtchn.xenevtchn_fd(handle), wakeFd);
    }

    @Override
    public int bind(int domid, int remotePort) {
        return gate.use(() -> {
            int port = evtchn.xenevtchn_bind_interdomain(handle, domid, remotePort);
            if (port < 0) {
                throw bindFailure(domid, remotePort, Native.getLastError());
            }
            return port;
        });
    }

    private static ProblemException bindFailure(int domid, int remotePort, int errno) {
        Problem problem = CallFailure.of("xenevtchn_bind_interdomain", domid + ", " + remotePort, errno)
                .problem();
        return (errno == Errno.EINVAL.code()
                        ? problem.withCause(
                                "another process has bound this port, or the domain did not offer it to dom0")
                        : problem)
                .toException();
    }

    @Override
    public void unbind(int port) {
        gate.run(() -> {
            if (evtchn.xenevtchn_unbind(handle, port) < 0) {
                int errno = Native.getLastError();
                if (errno != Errno.ENOTCONN.code() && errno != Errno.EINVAL.code()) {
                    throw CallFailure.of("xenevtchn_unbind", port, errno);
                }
            }
        });
    }

    @Override
    public void notify(int port) {
        gate.run(() -> {
            if (evtchn.xenevtchn_notify(handle, port) < 0) {
                throw CallFailure.last("xenevtchn_notify", port);
            }
        });
    }

    @Override
    public void unmask(List<Integer> ports) {
        gate.run(() -> {
            writer.lock();
            try {
                for (int from = 0; from < ports.size(); from += MAX_PORTS) {
                    unmaskSome(ports.subList(from, Math.min(ports.size(), from + MAX_PORTS)));
                }
            } finally {
                writer.unlock();
            }
        });
    }

    private void unmaskSome(List<Integer> ports) {
        long at = 0;
        for (int port : ports) {
            masked.setInt(at, port);
            at += PORT_BYTES;
        }
        // Ports that are no longer bound are skipped by the kernel.
        if (libc.write(fd, masked, at) != at) {
            throw CallFailure.last("write", "evtchn, " + ports.size() + " ports to unmask");
        }
    }

    @Override
    public Raised await(int timeoutMillis) {
        return gate.use(() -> {
            if (!reader.tryLock()) {
                throw Problem.of(ProblemType.INTERNAL, "two threads await event channels")
                        .toException();
            }
            try {
                return poll(timeoutMillis);
            } finally {
                reader.unlock();
            }
        });
    }

    private Raised poll(int timeoutMillis) {
        prepare(0, fd);
        prepare(POLLFD_BYTES, wakeFd);
        if (libc.poll(polled, 2, timeoutMillis) < 0) {
            int errno = Native.getLastError();
            if (errno == Errno.EINTR.code()) {
                return new Raised(List.of(), false);
            }
            throw CallFailure.of("poll", "evtchn", errno);
        }
        if (polled.getShort(POLLFD_BYTES + POLLFD_REVENTS) != 0) {
            libc.read(wakeFd, raised, Long.BYTES);
        }
        int events = polled.getShort(POLLFD_REVENTS);
        if ((events & LibC.POLLERR) != 0) {
            return recover();
        }
        return (events & LibC.POLLIN) != 0 ? read() : new Raised(List.of(), false);
    }

    private void prepare(int at, int descriptor) {
        polled.setInt(at, descriptor);
        polled.setShort(at + POLLFD_EVENTS, LibC.POLLIN);
        polled.setShort(at + POLLFD_REVENTS, (short) 0);
    }

    private Raised read() {
        long bytes = libc.read(fd, raised, raised.size());
        if (bytes < 0) {
            int errno = Native.getLastError();
            if (errno == Errno.EFBIG.code()) {
                return recover();
            }
            if (errno == Errno.EAGAIN.code() || errno == Errno.EINTR.code()) {
                return new Raised(List.of(), false);
            }
            throw CallFailure.of("read", "evtchn", errno);
        }
        List<Integer> ports = new ArrayList<>();
        for (long at = 0; at + PORT_BYTES <= bytes; at += PORT_BYTES) {
            ports.add(raised.getInt(at));
        }
        return new Raised(ports, false);
    }

    /** The kernel's queue was full and events are lost, their ports masked; it takes events again only after this. */
    private Raised recover() {
        if (libc.ioctl(fd, RESET, 0) < 0) {
            throw CallFailure.last("ioctl", "evtchn, IOCTL_EVTCHN_RESET");
        }
        return new Raised(List.of(), true);
    }

    @Override
    public void wake() {
        gate.run(this::signal);
    }

    private void signal() {
        libc.write(wakeFd, one, Long.BYTES);
    }

    @Override
    public void close() {
        gate.close(this::signal, () -> {
            evtchn.xenevtchn_close(handle);
            libc.close(wakeFd);
        });
    }
}
