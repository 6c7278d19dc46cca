package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.function.Consumer;

/** A mapping of a guest's console page in dom0. */
final class SimConsoleRing implements ConsoleRing {
    private final SimMachine machine;
    private final int domid;
    private final Consumer<SimConsoleRing> onClose;
    private final SimMachine.Mapping mapped;
    private final ConsolePage page;
    private boolean closed;

    SimConsoleRing(SimMachine machine, int domid, Consumer<SimConsoleRing> onClose) {
        this.machine = machine;
        this.domid = domid;
        this.onClose = onClose;
        this.mapped = machine.mapConsole(domid);
        this.page = new ConsolePage(mapped.page());
    }

    @Override
    public synchronized int peek(byte[] into, int at) {
        return open().peekOutput(into, at);
    }

    @Override
    public synchronized void consume(int count) {
        open().consumeOutput(count);
    }

    @Override
    public synchronized int taken() {
        return open().outputTaken();
    }

    @Override
    public synchronized int write(byte[] from, int offset, int length) {
        return open().putInput(from, offset, length);
    }

    @Override
    public synchronized boolean hasOutput() {
        return open().hasOutput();
    }

    @Override
    public synchronized boolean isOutputUntouched() {
        return open().isOutputUntouched();
    }

    private ConsolePage open() {
        if (closed) {
            throw Problem.of(ProblemType.UNAVAILABLE, "the console ring of domain " + domid + " is unmapped")
                    .toException();
        }
        return page;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            machine.unmapConsole(mapped);
            onClose.accept(this);
        }
    }
}
