package dev.xcs.hypervisor.sim;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.FrameDecoder;
import dev.xcs.xenstore.wire.Op;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;

/** The plainest xenstore client: one request at a time, each waited for. For the foreign toolstack, which is a process of its own. */
final class StoreClient implements AutoCloseable {
    private static final String ENOENT = "ENOENT";

    private final SocketChannel channel;
    private final Queue<Frame> replies = new ArrayDeque<>();
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_REPLY_PAYLOAD, replies::add);
    private final ByteBuffer buffer = ByteBuffer.allocate(Frame.MAX_REQUEST_PAYLOAD);
    private int lastId;

    StoreClient(Path socket) {
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw failure(Op.CONTROL, e.toString());
        }
    }

    void write(String path, String value) {
        ask(Op.WRITE, Frame.pathAndValue(path, value.getBytes(StandardCharsets.UTF_8)));
    }

    void permit(String path, String... permissions) {
        ask(Op.SET_PERMS, Frame.strings(path + "\0" + String.join("\0", permissions)));
    }

    /** Removes a node and all below; done also when it does not exist. */
    void remove(String path) {
        Frame reply = exchange(Op.RM, Frame.strings(path));
        if (reply.op() == Op.ERROR && !reply.text().equals(ENOENT)) {
            throw failure(Op.RM, reply.text());
        }
    }

    void ask(Op op, String... arguments) {
        ask(op, Frame.strings(arguments));
    }

    private void ask(Op op, byte[] payload) {
        Frame reply = exchange(op, payload);
        if (reply.op() == Op.ERROR) {
            throw failure(op, reply.text());
        }
    }

    private Frame exchange(Op op, byte[] payload) {
        try {
            ByteBuffer request = ByteBuffer.wrap(new Frame(op, ++lastId, 0, payload).encode());
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return reply();
        } catch (IOException e) {
            throw failure(op, e.toString());
        }
    }

    private Frame reply() throws IOException {
        Frame next = replies.poll();
        while (next == null) {
            if (channel.read(buffer.clear()) < 0) {
                throw new EOFException("xenstored closed the connection");
            }
            decoder.feed(buffer.array(), 0, buffer.position());
            next = replies.poll();
        }
        return next;
    }

    private static ProblemException failure(Op op, String why) {
        return Problem.of(ProblemType.XENSTORE, "xl: xenstored did not do " + op + ": " + why)
                .withCall("XS_" + op, "")
                .toException();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(Op.CONTROL, e.toString());
        }
    }
}
