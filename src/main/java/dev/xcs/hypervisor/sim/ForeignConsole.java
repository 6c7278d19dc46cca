package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.model.ProblemException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One console as xenconsoled has it: bound, mapped, and read so that the guest goes on; what it reads is dropped. */
final class ForeignConsole implements EventFabric.Owner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignConsole.class);

    private final SimMachine machine;
    private final Executor executor;
    private final SimMachine.Mapping mapping;
    private final ConsolePage page;
    private final byte[] buffer = new byte[ConsolePage.OUT_SIZE];
    private final int port;
    private boolean closed;

    ForeignConsole(SimMachine machine, int domid, int remotePort, Executor executor) {
        this.machine = machine;
        this.executor = executor;
        this.mapping = machine.mapConsole(domid);
        this.page = new ConsolePage(mapping.page());
        try {
            this.port = machine.events().bind(this, domid, remotePort);
        } catch (ProblemException e) {
            machine.unmapConsole(mapping);
            throw e;
        }
    }

    @Override
    public void raised(int fired) {
        try {
            executor.execute(() -> drain(fired));
        } catch (RejectedExecutionException e) {
            LOG.debug("xenconsoled is switched off", e);
        }
    }

    private synchronized void drain(int fired) {
        if (closed) {
            return;
        }
        while (page.takeOutput(buffer) > 0) {
            machine.events().notify(this, fired);
        }
        machine.events().unmask(this, List.of(fired));
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            machine.events().unbind(this, port);
            machine.unmapConsole(mapping);
        }
    }
}
