package dev.xcs.gateway;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.journal.ConsoleHistory;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleRead;
import io.vertx.core.buffer.Buffer;

/**
 * One mapped ring and the history that its bytes go to. Bytes are kept first and then taken from the ring, so that a killed daemon
 * loses none; how many were taken is counted by the ring itself, so that none comes twice. Of one thread.
 */
final class ConsoleLine {
    static final int MAX_READ_BYTES = 64 * 1024;
    /** A guest that has filled so much of the ring goes on at once: to look again costs less than to be called again. */
    private static final int IN_FULL_FLOW = ConsolePage.OUT_SIZE / 4;

    private static final long PATIENCE_NANOS = 40_000;

    private final ConsoleRing ring;
    private final int domid;
    private final boolean adopted;
    private final ConsoleHistory history;
    private boolean begun;
    private int taken;

    ConsoleLine(ConsoleRing ring, int domid, boolean adopted, ConsoleHistory history) {
        this.ring = ring;
        this.domid = domid;
        this.adopted = adopted;
        this.history = history;
    }

    /**
     * Everything that there is, up to a limit.
     *
     * @param chunk of {@link #MAX_READ_BYTES}, shared by all lines
     * @param notify tells the guest that there is room
     */
    ConsoleRead read(byte[] chunk, Runnable notify) {
        boolean first = ring.isOutputUntouched();
        if (!begun) {
            begin(notify);
        }
        int length = 0;
        long offset = history.extent().next();
        int count = -1;
        while (count != 0 && length + ConsolePage.OUT_SIZE <= MAX_READ_BYTES) {
            count = peek(chunk, length, count);
            if (count > 0) {
                if (length == 0) {
                    offset = history.append(chunk, length, count);
                } else if (!history.goOn(offset + length, chunk, length, count)) {
                    // A serial port has said something between: what is in the ring still has an offset of its own.
                    break;
                }
                take(count);
                notify.run();
                length += count;
            }
        }
        Buffer frame = ConsoleFrame.of(offset, chunk, length);
        // None is also what a ring gives whose indices are nonsense: it may look full for ever.
        return new ConsoleRead(frame, length > 0 && ring.hasOutput(), length > 0 && first);
    }

    private int peek(byte[] chunk, int at, int before) {
        checkCount();
        int count = ring.peek(chunk, at);
        if (count == 0 && before >= IN_FULL_FLOW) {
            long until = System.nanoTime() + PATIENCE_NANOS;
            while (count == 0 && System.nanoTime() < until) {
                Thread.onSpinWait();
                count = ring.peek(chunk, at);
            }
        }
        checkCount();
        return count;
    }

    private void begin(Runnable notify) {
        begun = true;
        taken = ring.taken();
        int skip = history.begin(domid, adopted, taken).skip();
        if (skip > 0) {
            int there = ring.peek(new byte[ConsolePage.OUT_SIZE], 0);
            take(Math.min(skip, there));
            notify.run();
        }
    }

    private void take(int count) {
        ring.consume(count);
        taken += count;
    }

    /** The count is in the guest's memory: it is believed only as long as it is what was written there. */
    private void checkCount() {
        int now = ring.taken();
        if (now != taken) {
            taken = now;
            history.disturbed();
        }
    }

    int write(byte[] bytes) {
        return ring.write(bytes, 0, bytes.length);
    }

    void close() {
        ring.close();
        history.rest();
    }
}
