package dev.xcs.testing;

import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backends that go through their states, as a process of dom0 does it: each step is a write to xenstored and so one control message.
 * The devices are qemu's (qdisk), which no part of the daemon answers. Steps are numbered; a device takes its next one when all the others
 * have taken theirs.
 */
public final class DeviceStorm implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceStorm.class);

    public static final int DEVICES = 20;
    /** Initialising to Closed, over and over. */
    private static final int STATES = 6;

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final SocketChannel channel;
    private final int firstDomid;
    private final byte[][] writes;
    /** When each device was to take its last step to each state, by {@link System#nanoTime}, and which step that was. */
    private final AtomicLongArray due;

    private final AtomicLongArray steps;
    private final int nodes;

    /** @param domids of the guests, one after the other */
    public DeviceStorm(Path xenstored, List<Integer> domids) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(xenstored));
        firstDomid = domids.get(0);
        nodes = domids.size() * DEVICES;
        due = new AtomicLongArray(nodes * STATES);
        steps = new AtomicLongArray(nodes * STATES);
        writes = new byte[nodes * STATES][];
        for (int cell = 0; cell < writes.length; cell++) {
            int node = cell / STATES;
            String path =
                    "/local/domain/0/backend/qdisk/" + (firstDomid + node / DEVICES) + "/" + node % DEVICES + "/state";
            byte[] state = Integer.toString(1 + cell % STATES).getBytes(StandardCharsets.US_ASCII);
            writes[cell] = new Frame(Op.WRITE, 1 + cell, 0, Frame.pathAndValue(path, state)).encode();
        }
        Thread drain = new Thread(this::readAnswers, "answers");
        drain.setDaemon(true);
        drain.start();
    }

    private void readAnswers() {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                // Only that they are read matters: the messages say whether the writes were done.
            }
        } catch (IOException closed) {
            LOG.debug("The storm is over", closed);
        }
    }

    /** Takes this many steps a second, evenly by the millisecond; late ones keep the time at which they were due. */
    public void run(long from, long to, int perSecond) throws IOException {
        long begin = System.nanoTime();
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        long step = from;
        for (long tick = 1; step < to; tick++) {
            long time = begin + tick * TICK_NANOS;
            while (System.nanoTime() < time) {
                LockSupport.parkNanos(time - System.nanoTime());
            }
            batch.reset();
            for (long end = Math.min(to, from + tick * perSecond / 1000); step < end; step++) {
                int cell = cell(step);
                due.set(cell, time);
                steps.set(cell, step);
                batch.writeBytes(writes[cell]);
            }
            ByteBuffer bytes = ByteBuffer.wrap(batch.toByteArray());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private int cell(long step) {
        return (int) (step % nodes) * STATES + (int) (step / nodes % STATES);
    }

    private int cell(int domid, int device, int state) {
        return ((domid - firstDomid) * DEVICES + device) * STATES + state - 1;
    }

    /** The newest step that took this device to this state. */
    public long step(int domid, int device, int state) {
        return steps.get(cell(domid, device, state));
    }

    public long dueNanos(int domid, int device, int state) {
        return due.get(cell(domid, device, state));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
