package dev.xcs.browser;

import dev.xcs.testing.BusFixture;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Speaks VNC (RFC 6143) on a unix socket as QEMU does: a display of one colour, and the keys that are pressed on it. */
final class PaintedDisplay implements AutoCloseable {
    static final int SIDE = 64;
    static final int RED = 200;
    static final int GREEN = 100;
    static final int BLUE = 50;

    private final Vertx vertx = Vertx.vertx();
    private final List<Integer> keys = new CopyOnWriteArrayList<>();

    PaintedDisplay(Path socket) {
        BusFixture.await(vertx.createNetServer()
                .connectHandler(viewer -> new Talk(viewer).begin())
                .listen(SocketAddress.domainSocketAddress(socket.toString())));
    }

    /** The keysyms of those that went down. */
    List<Integer> keys() {
        return keys;
    }

    @Override
    public void close() {
        BusFixture.await(vertx.close());
    }

    /** One viewer. */
    private final class Talk {
        private final NetSocket viewer;
        private Buffer heard = Buffer.buffer();
        private int greetings;

        Talk(NetSocket viewer) {
            this.viewer = viewer;
        }

        void begin() {
            viewer.write("RFB 003.008\n");
            viewer.handler(bytes -> {
                heard.appendBuffer(bytes);
                for (int taken = next(); taken > 0; taken = next()) {
                    heard = heard.getBuffer(taken, heard.length());
                }
            });
        }

        /** Answers the first message, if all of it is there; gives its length then. */
        private int next() {
            int length = greetings < 3 ? new int[] {12, 1, 1}[greetings] : length();
            if (length == 0 || heard.length() < length) {
                return 0;
            }
            if (greetings < 3) {
                greet();
            } else {
                answer();
            }
            return length;
        }

        private void greet() {
            switch (greetings++) {
                case 0 -> viewer.write(Buffer.buffer(new byte[] {1, 1}));
                case 1 -> viewer.write(Buffer.buffer().appendInt(0));
                default ->
                    viewer.write(Buffer.buffer()
                            .appendShort((short) SIDE)
                            .appendShort((short) SIDE)
                            .appendBytes(new byte[] {32, 24, 0, 1, 0, -1, 0, -1, 0, -1, 16, 8, 0, 0, 0, 0})
                            .appendInt(2)
                            .appendBytes("pc".getBytes(StandardCharsets.US_ASCII)));
            }
        }

        private int length() {
            if (heard.length() < 8) {
                return heard.length() > 0 && heard.getByte(0) == 5 ? 6 : 0;
            }
            return switch (heard.getByte(0)) {
                case 0 -> 20;
                case 2 -> 4 + 4 * heard.getUnsignedShort(2);
                case 3 -> 10;
                case 4 -> 8;
                case 5 -> 6;
                default -> 8 + Math.abs(heard.getInt(4));
            };
        }

        private void answer() {
            if (heard.getByte(0) == 3 && heard.getByte(1) == 0) {
                viewer.write(whole());
            } else if (heard.getByte(0) == 4 && heard.getByte(1) == 1) {
                keys.add(heard.getInt(4));
            }
        }

        /** In the form of pixels that noVNC asks for. */
        private Buffer whole() {
            Buffer update = Buffer.buffer(new byte[] {0, 0, 0, 1})
                    .appendInt(0)
                    .appendShort((short) SIDE)
                    .appendShort((short) SIDE)
                    .appendInt(0);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                update.appendBytes(new byte[] {(byte) RED, GREEN, BLUE, 0});
            }
            return update;
        }
    }
}
