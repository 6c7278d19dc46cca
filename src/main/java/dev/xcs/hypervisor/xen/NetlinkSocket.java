package dev.xcs.hypervisor.xen;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import dev.xcs.hypervisor.xen.net.NetlinkReply;
import dev.xcs.hypervisor.xen.net.NetlinkRequest;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An rtnetlink socket, in the network namespace of the thread that opens it. One thread at a time. */
final class NetlinkSocket implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int ADDRESS_BYTES = 12;
    /** The kernel answers before send returns; this only keeps a thread from waiting for ever. */
    private static final int PATIENCE_SECONDS = 10;
    /** No datagram of a dump is longer than 32 KiB. */
    private static final int BUFFER_BYTES = 1 << 16;

    private static final int MAX_DUMPS = 20;

    private final LibC libc;
    private final int fd;
    private final Memory buffer = new Memory(BUFFER_BYTES);
    private int sequence;

    private NetlinkSocket(LibC libc, int fd) {
        this.libc = libc;
        this.fd = fd;
    }

    static NetlinkSocket open(LibC libc) {
        int fd = libc.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_ROUTE);
        if (fd < 0) {
            throw failure("socket", "NETLINK_ROUTE", Native.getLastError(), "");
        }
        NetlinkSocket socket = new NetlinkSocket(libc, fd);
        try {
            socket.prepare();
            return socket;
        } catch (ProblemException e) {
            socket.close();
            throw e;
        }
    }

    private void prepare() {
        buffer.clear(ADDRESS_BYTES);
        buffer.setShort(0, (short) LibC.AF_NETLINK);
        require(libc.bind(fd, buffer, ADDRESS_BYTES), "bind");
        buffer.setInt(0, 1);
        // Errors in words, and answers without the request in them: a kernel without them answers all the same.
        libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, buffer, Integer.BYTES);
        libc.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, buffer, Integer.BYTES);
        buffer.setLong(0, PATIENCE_SECONDS);
        buffer.setLong(Long.BYTES, 0);
        require(libc.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, buffer, 2 * Long.BYTES), "setsockopt");
    }

    private static void require(long result, String call) {
        if (result < 0) {
            throw failure(call, "netlink", Native.getLastError(), "");
        }
    }

    /** Everything of a kind, as it was at one moment. */
    List<NetlinkReply> dump(NetlinkRequest request) {
        for (int attempt = 0; attempt < MAX_DUMPS; attempt++) {
            int number = ++sequence;
            send(request.encode(number));
            List<NetlinkReply> replies = readDump(request, number);
            if (replies.stream().noneMatch(NetlinkReply::isInterrupted)) {
                return replies;
            }
        }
        throw Problem.of(
                        ProblemType.HYPERVISOR,
                        request + " was overtaken by changes " + MAX_DUMPS
                                + " times: something alters them all the time")
                .withCall(request.type().name(), request.subject())
                .asRetryable()
                .toException();
    }

    private List<NetlinkReply> readDump(NetlinkRequest request, int number) {
        List<NetlinkReply> found = new ArrayList<>();
        while (true) {
            for (NetlinkReply reply : receive()) {
                if (reply.sequence() != number) {
                    continue;
                }
                if (reply.isAnswer() || reply.isDone()) {
                    requireSuccess(request, reply, Set.of());
                    found.add(reply);
                    return found;
                }
                found.add(reply);
            }
        }
    }

    /** Carries out requests in their order and in one call, so that the end of this process does not come between them. */
    void change(NetlinkRequest... requests) {
        change(Set.of(), List.of(requests));
    }

    /**
     * As {@link #change(NetlinkRequest...)}. A failure is thrown when all have been tried; the first one.
     *
     * @param tolerated what does not count as a failure
     */
    void change(Set<Errno> tolerated, List<NetlinkRequest> requests) {
        if (requests.isEmpty()) {
            return;
        }
        Map<Integer, NetlinkRequest> waiting = new HashMap<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (NetlinkRequest request : requests) {
            waiting.put(++sequence, request);
            all.writeBytes(request.encode(sequence));
        }
        send(all.toByteArray());
        List<ProblemException> failures = new ArrayList<>();
        while (!waiting.isEmpty()) {
            for (NetlinkReply reply : receive()) {
                NetlinkRequest request = reply.isAnswer() ? waiting.remove(reply.sequence()) : null;
                if (request != null) {
                    noteFailure(request, reply, tolerated, failures);
                }
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }

    private static void noteFailure(
            NetlinkRequest request, NetlinkReply reply, Set<Errno> tolerated, List<ProblemException> failures) {
        try {
            requireSuccess(request, reply, tolerated);
        } catch (ProblemException e) {
            failures.add(e);
        }
    }

    private static void requireSuccess(NetlinkRequest request, NetlinkReply reply, Set<Errno> tolerated) {
        int errno = reply.errno();
        if (errno > 0 && tolerated.stream().noneMatch(known -> known.code() == errno)) {
            throw failure(request.type().name(), request.subject(), errno, reply.explanation());
        }
    }

    private void send(byte[] bytes) {
        try (Memory out = new Memory(bytes.length)) {
            out.write(0, bytes, 0, bytes.length);
            require(libc.send(fd, out, bytes.length, 0), "send");
        }
    }

    private List<NetlinkReply> receive() {
        long bytes = libc.recv(fd, buffer, BUFFER_BYTES, 0);
        int errno = bytes < 0 ? Native.getLastError() : 0;
        if (errno == Errno.EINTR.code()) {
            return List.of();
        }
        if (errno != 0) {
            throw failure("recv", "netlink", errno, "");
        }
        return NetlinkReply.decode(buffer.getByteArray(0, (int) bytes));
    }

    private static ProblemException failure(String call, String subject, int errno, String explanation) {
        String said = explanation.isEmpty() ? "" : ": " + Problem.printable(explanation);
        Problem problem = Problem.of(type(errno), call + "(" + subject + ") failed with " + Errno.show(errno) + said)
                .withCall(call, subject)
                .withErrno(errno, Errno.textOf(errno));
        return (errno == Errno.EPERM.code()
                        ? problem.withCause("changing networks needs root, or CAP_NET_ADMIN")
                        : problem)
                .toException();
    }

    private static ProblemType type(int errno) {
        if (errno == Errno.ENODEV.code()) {
            return ProblemType.NOT_FOUND;
        }
        return errno == Errno.EEXIST.code() ? ProblemType.CONFLICT : ProblemType.HYPERVISOR;
    }

    @Override
    public void close() {
        libc.close(fd);
        buffer.close();
    }
}
