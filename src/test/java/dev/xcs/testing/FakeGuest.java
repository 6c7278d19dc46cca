package dev.xcs.testing;

import dev.xcs.hypervisor.ConsolePage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The guest's end of a console: prints from the test's thread, reads when it is notified. */
public final class FakeGuest {
    private static final int PAGE_BYTES = 4096;

    private final int domid;
    private final FakeChannels channels;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(2 * PAGE_BYTES).alignedSlice(PAGE_BYTES);
    private final ConsolePage page = new ConsolePage(memory);
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private boolean reading = true;

    FakeGuest(int domid, FakeChannels channels) {
        this.domid = domid;
        this.channels = channels;
        channels.onNotify(domid, this::notified);
    }

    ConsolePage dom0End() {
        return new ConsolePage(memory);
    }

    public int remotePort() {
        return domid;
    }

    private synchronized void notified() {
        if (reading) {
            takeInput();
        }
        notifyAll();
    }

    private void takeInput() {
        byte[] chunk = new byte[ConsolePage.IN_SIZE];
        int count = page.takeInput(chunk);
        read.write(chunk, 0, count);
        if (count > 0) {
            channels.raise(domid, domid);
        }
    }

    /** Whether it takes what is typed. */
    public synchronized void reads(boolean on) {
        reading = on;
        if (on) {
            takeInput();
        }
    }

    public synchronized byte[] hasRead() {
        return read.toByteArray();
    }

    /** Prints as much as there is room for. */
    public int offer(byte[] bytes, int offset) {
        int printed = page.putOutput(bytes, offset, bytes.length - offset);
        if (printed > 0) {
            channels.raise(domid, domid);
        }
        return printed;
    }

    /** Prints all of it; waits for room as a guest does. */
    public void print(byte[] bytes) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        int printed = 0;
        while (printed < bytes.length) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Nobody drains the console of domid " + domid);
            }
            printed += printOrWait(bytes, printed);
        }
    }

    private synchronized int printOrWait(byte[] bytes, int offset) {
        // Under the guest's lock, so that the notification of room cannot fall between the two.
        int printed = page.putOutput(bytes, offset, bytes.length - offset);
        if (printed > 0) {
            channels.raise(domid, domid);
            return printed;
        }
        try {
            wait(Duration.ofSeconds(1).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** Prints without telling anybody. */
    public int printSilently(byte[] bytes) {
        return page.putOutput(bytes, 0, bytes.length);
    }

    public boolean hasUnread() {
        return page.hasOutput();
    }
}
