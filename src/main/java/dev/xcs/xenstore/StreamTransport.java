package dev.xcs.xenstore;

import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import io.vertx.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device such as /dev/xen/xenbus, whose reads and writes block: one thread for each. Frames are written one by one, as the
 * kernel takes no more than one in a write.
 */
final class StreamTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(StreamTransport.class);
    private static final byte[] END = new byte[0];

    private final Context context;
    private final InputStream input;
    private final OutputStream output;
    private final BlockingQueue<byte[]> unsent = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private boolean lost;

    StreamTransport(Context context, InputStream input, OutputStream output) {
        this.context = context;
        this.input = input;
        this.output = output;
    }

    @Override
    public void listen(Consumer<byte[]> onBytes, Consumer<String> onLost) {
        Consumer<String> once = why -> context.runOnContext(turn -> {
            if (!lost) {
                lost = true;
                onLost.accept(why);
            }
        });
        start("xenbus-reader", () -> read(onBytes), once);
        start("xenbus-writer", this::write, once);
    }

    @Override
    public void send(byte[] frame) {
        unsent.add(frame);
    }

    /** A read that blocks is not ended by a close, but by an answer: so one more question is asked. */
    @Override
    public void close() {
        closed = true;
        unsent.add(new Frame(Op.IS_DOMAIN_INTRODUCED, 0, 0, Frame.strings("0")).encode());
        unsent.add(END);
    }

    /** What a thread does until the end of the stream. */
    private interface Loop {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String name, Loop loop, Consumer<String> onEnd) {
        Thread thread = new Thread(
                () -> {
                    try {
                        loop.run();
                        onEnd.accept("end of stream");
                    } catch (IOException | InterruptedException failure) {
                        onEnd.accept(failure.toString());
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Consumer<byte[]> onBytes) throws IOException {
        byte[] chunk = new byte[Frame.HEADER_SIZE + Frame.MAX_REQUEST_PAYLOAD];
        for (int count = input.read(chunk); count >= 0 && !closed; count = input.read(chunk)) {
            byte[] bytes = Arrays.copyOf(chunk, count);
            context.runOnContext(turn -> onBytes.accept(bytes));
        }
        unsent.add(END);
        closeStreams();
    }

    private void write() throws IOException, InterruptedException {
        for (byte[] frame = unsent.take(); frame != END; frame = unsent.take()) {
            output.write(frame);
            output.flush();
        }
    }

    private void closeStreams() {
        try {
            output.close();
            input.close();
        } catch (IOException failure) {
            LOG.debug("close of the xenbus device", failure);
        }
    }
}
