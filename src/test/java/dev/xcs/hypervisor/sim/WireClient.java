package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.FrameDecoder;
import dev.xcs.xenstore.wire.Op;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.assertj.core.api.Assertions;

/** Bare frames over xenstored's socket, one at a time, events skipped. */
final class WireClient implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final Deque<Frame> received = new ArrayDeque<>();
    private final FrameDecoder decoder = new FrameDecoder(Frame.MAX_REPLY_PAYLOAD, received::add);
    private int lastId;

    WireClient(Path socket) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    /** Sends NUL-ended arguments; the reply belongs to it. */
    Frame ask(Op op, int transaction, String... arguments) throws IOException {
        send(op, transaction, arguments);
        Frame reply = receive();
        Assertions.assertThat(reply.requestId()).isEqualTo(lastId);
        return reply;
    }

    void send(Op op, int transaction, String... arguments) throws IOException {
        sendPayload(op, transaction, String.join("\0", arguments) + (op == Op.WRITE ? "" : "\0"));
    }

    void sendPayload(Op op, int transaction, String payload) throws IOException {
        sendBytes(new Frame(op, ++lastId, transaction, payload.getBytes(StandardCharsets.ISO_8859_1)).encode());
    }

    void sendBytes(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    Frame receive() throws IOException {
        return receiveOrEnd().orElseThrow(() -> new IOException("the connection is closed"));
    }

    /** Empty when the other side has closed the connection. */
    Optional<Frame> receiveOrEnd() throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(8192);
        while (true) {
            while (!received.isEmpty()) {
                Frame frame = received.remove();
                if (frame.op() != Op.WATCH_EVENT) {
                    return Optional.of(frame);
                }
            }
            chunk.clear();
            int count = readOrEnd(chunk);
            if (count < 0) {
                return Optional.empty();
            }
            decoder.feed(chunk.array(), 0, count);
        }
    }

    private int readOrEnd(ByteBuffer chunk) {
        try {
            return channel.read(chunk);
        } catch (IOException reset) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
