package dev.xcs.xenstore;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The client over blocking streams, as it uses the kernel's device; the simulated xenstored is at their other end. */
class XenbusDeviceTest extends XenstoreConformance {
    private SimPeer peer;

    @BeforeAll
    void start(@TempDir Path directory) {
        peer = new SimPeer(directory);
    }

    @AfterAll
    void stop() {
        peer.close();
    }

    @Override
    StorePeer peer() {
        return peer;
    }

    @Override
    XenstoreClient newClient(Vertx vertx, MeterRegistry registry) {
        return new XenstoreClient(
                vertx, 64, registry, context -> new StreamConnector(vertx, context), Duration.ofSeconds(60));
    }

    private final class StreamConnector implements Connector {
        private final Vertx vertx;
        private final Context context;

        StreamConnector(Vertx vertx, Context context) {
            this.vertx = vertx;
            this.context = context;
        }

        @Override
        public Future<Transport> connect() {
            return vertx.executeBlocking(() -> {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(UnixDomainSocketAddress.of(peer.socket()));
                return new StreamTransport(context, new Input(channel), new Output(channel));
            });
        }

        @Override
        public void close() {}
    }

    /** Unlike the streams of java.nio.channels.Channels these two do not lock each other out. */
    private static final class Input extends InputStream {
        private final SocketChannel channel;

        Input(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Output extends OutputStream {
        private final SocketChannel channel;

        Output(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
    }
}
