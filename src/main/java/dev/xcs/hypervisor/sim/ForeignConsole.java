package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.Terminal;
import dev.xcs.model.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One console as xenconsoled has it: bound, mapped, and read so that the guest goes on; shown on a pseudo terminal to whoever reads that. What nobody
 * reads waits, and the oldest is dropped when it is too much.
 */
final class ForeignConsole implements EventFabric.Owner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignConsole.class);
    /** As libxl's node console/limit says. */
    private static final int LIMIT_BYTES = 1 << 20;

    private final SimMachine machine;
    private final Executor executor;
    private final SimMachine.Mapping mapping;
    private final ConsolePage page;
    private final Terminal terminal;
    private final byte[] buffer = new byte[ConsolePage.OUT_SIZE];
    private final int port;
    private byte[] shown = new byte[0];
    private byte[] typed = new byte[0];
    private boolean closed;

    ForeignConsole(SimMachine machine, int domid, int remotePort, SimTerminals terminals, Executor executor) {
        this.machine = machine;
        this.executor = executor;
        this.mapping = machine.mapConsole(domid);
        this.page = new ConsolePage(mapping.page());
        this.terminal = terminals.make(() -> later(this::moveOn));
        try {
            // The last: from now on it is told.
            this.port = machine.events().bind(this, domid, remotePort);
        } catch (ProblemException e) {
            terminal.close();
            machine.unmapConsole(mapping);
            throw e;
        }
    }

    /** Where {@code xl console} finds it. */
    String path() {
        return terminal.path();
    }

    @Override
    public void raised(int fired) {
        later(() -> drain(fired));
    }

    private void later(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.debug("xenconsoled is switched off", e);
        }
    }

    private synchronized void drain(int fired) {
        if (closed) {
            return;
        }
        int count = page.takeOutput(buffer);
        while (count > 0) {
            keep(count);
            machine.events().notify(this, fired);
            count = page.takeOutput(buffer);
        }
        machine.events().unmask(this, List.of(fired));
        moveOn();
    }

    private void keep(int count) {
        byte[] all = Arrays.copyOf(shown, shown.length + count);
        System.arraycopy(buffer, 0, all, shown.length, count);
        shown = all.length > LIMIT_BYTES ? Arrays.copyOfRange(all, all.length - LIMIT_BYTES, all.length) : all;
    }

    /** Moves on what there is room for, in both directions. */
    private synchronized void moveOn() {
        if (closed) {
            return;
        }
        int written = terminal.write(shown, 0, shown.length);
        shown = Arrays.copyOfRange(shown, written, shown.length);
        while (type() > 0) {
            machine.events().notify(this, port);
        }
    }

    private int type() {
        if (typed.length == 0) {
            typed = Arrays.copyOf(buffer, terminal.read(buffer));
        }
        int put = page.putInput(typed, 0, typed.length);
        typed = Arrays.copyOfRange(typed, put, typed.length);
        return put;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            terminal.close();
            machine.events().unbind(this, port);
            machine.unmapConsole(mapping);
        }
    }
}
