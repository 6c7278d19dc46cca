package dev.xcs.hypervisor.xen;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One mapped ring. Touching the page after it is unmapped would kill the process: every access is under the lock. */
final class XenConsoleRing implements ConsoleRing {
    private final ByteBuffer memory;
    private final ConsolePage page;
    private final Runnable unmap;
    private final Consumer<XenConsoleRing> forget;
    private boolean closed;

    XenConsoleRing(ByteBuffer memory, Runnable unmap, Consumer<XenConsoleRing> forget) {
        this.memory = memory;
        this.page = new ConsolePage(memory);
        this.unmap = unmap;
        this.forget = forget;
    }

    /** Tells the guest that its console has a listener. */
    void connect(int flagAt) {
        use(() -> memory.put(flagAt, (byte) 0));
    }

    @Override
    public int peek(byte[] into, int at) {
        return use(() -> page.peekOutput(into, at));
    }

    @Override
    public void consume(int count) {
        use(() -> {
            page.consumeOutput(count);
            return true;
        });
    }

    @Override
    public int taken() {
        return use(page::outputTaken);
    }

    @Override
    public int write(byte[] from, int offset, int length) {
        return use(() -> page.putInput(from, offset, length));
    }

    @Override
    public boolean hasOutput() {
        return use(page::hasOutput);
    }

    @Override
    public boolean isOutputUntouched() {
        return use(page::isOutputUntouched);
    }

    private synchronized <T> T use(Supplier<T> access) {
        if (closed) {
            throw Problem.of(ProblemType.UNAVAILABLE, "the console ring is unmapped")
                    .toException();
        }
        return access.get();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            unmap.run();
            forget.accept(this);
        }
    }
}
