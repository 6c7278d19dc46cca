package dev.xcs.xenstore;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;

/** xenstored's unix socket. Frames sent in one turn of the event loop leave in one write. */
final class SocketTransport implements Transport {
    private final Context context;
    private final NetSocket socket;
    private Buffer unsent = Buffer.buffer();

    SocketTransport(Context context, NetSocket socket) {
        this.context = context;
        this.socket = socket;
    }

    @Override
    public void listen(Consumer<byte[]> onBytes, Consumer<String> onLost) {
        socket.handler(buffer -> onBytes.accept(buffer.getBytes()));
        socket.exceptionHandler(failure -> onLost.accept(failure.toString()));
        socket.closeHandler(closed -> onLost.accept("xenstored closed it"));
    }

    @Override
    public void send(byte[] frame) {
        if (unsent.length() == 0) {
            context.runOnContext(turn -> flush());
        }
        unsent.appendBytes(frame);
    }

    private void flush() {
        Buffer batch = unsent;
        unsent = Buffer.buffer();
        // A failed write is followed by the close handler, which tells.
        socket.write(batch).onFailure(failure -> socket.close());
    }

    @Override
    public void close() {
        socket.close();
    }
}
