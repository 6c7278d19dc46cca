package dev.xcs.hypervisor.sim;

import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.FrameDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The bytes of one client. Frames may be sent from any thread; everything else happens on the store's thread. */
final class StoreConnection {
    /** With so much unread by the client, it is not served further until it reads. */
    private static final int MAX_WAITING_BYTES = 1 << 20;
    /** A client that reads nothing while watch events pile up is dropped. */
    private static final int MAX_PILED_BYTES = 16 << 20;

    private final SocketChannel channel;
    private final FrameDecoder decoder;
    private final Deque<Frame> requests = new ArrayDeque<>();
    private final ByteBuffer input = ByteBuffer.allocate(64 * 1024);
    private final Deque<ByteBuffer> output = new ArrayDeque<>();
    private int waitingBytes;

    StoreConnection(SocketChannel channel) {
        this.channel = channel;
        this.decoder = new FrameDecoder(Frame.MAX_REQUEST_PAYLOAD, requests::add);
    }

    /** Takes in what has arrived; answers false at the end of the stream. */
    boolean receive() throws IOException {
        input.clear();
        int count = channel.read(input);
        if (count > 0) {
            decoder.feed(input.array(), 0, count);
        }
        return count >= 0;
    }

    @Nullable
    Frame nextRequest() {
        return requests.poll();
    }

    void send(Frame frame) {
        byte[] bytes = frame.encode();
        synchronized (output) {
            output.add(ByteBuffer.wrap(bytes));
            waitingBytes += bytes.length;
        }
    }

    /** Writes what the client takes; answers whether everything is written. */
    boolean flush() throws IOException {
        synchronized (output) {
            ByteBuffer[] waiting = output.toArray(ByteBuffer[]::new);
            if (waiting.length > 0) {
                waitingBytes -= Math.toIntExact(channel.write(waiting));
            }
            while (!output.isEmpty() && !output.getFirst().hasRemaining()) {
                output.removeFirst();
            }
            return output.isEmpty();
        }
    }

    boolean isFull() {
        synchronized (output) {
            return waitingBytes > MAX_WAITING_BYTES;
        }
    }

    boolean isHopeless() {
        synchronized (output) {
            return waitingBytes > MAX_PILED_BYTES;
        }
    }
}
