package dev.xcs.gateway;

import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.BindChannel;
import dev.xcs.message.ChannelBound;
import dev.xcs.message.ConsoleRead;
import dev.xcs.message.ConsoleWritten;
import dev.xcs.message.Done;
import dev.xcs.message.MapConsole;
import dev.xcs.message.ReadConsole;
import dev.xcs.message.WriteConsole;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console rings that are mapped, by domid, and the ports that are bound. One thread at a time: a ring that is unmapped
 * while it is read would end the process. Only the counts may be taken from elsewhere.
 *
 * <p>A ring is read and written only through a port that is bound to its domain: as long as another process owns the port, it
 * owns the ring too.
 */
final class Handles {
    private static final Logger LOG = LoggerFactory.getLogger(Handles.class);

    private final Hypervisor hypervisor;
    private final ConsoleLog log;
    private final Map<Integer, ConsoleLine> lines = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> domidByPort = new ConcurrentHashMap<>();
    private final byte[] chunk = new byte[ConsoleLine.MAX_READ_BYTES];

    Handles(Hypervisor hypervisor, ConsoleLog log) {
        this.hypervisor = hypervisor;
        this.log = log;
    }

    int mapped() {
        return lines.size();
    }

    int bound() {
        return domidByPort.size();
    }

    ChannelBound bind(BindChannel ask) {
        int port = hypervisor.eventChannels().bind(ask.domid(), ask.remotePort());
        domidByPort.put(port, ask.domid());
        return new ChannelBound(port);
    }

    Done unbind(int port) {
        hypervisor.eventChannels().unbind(port);
        domidByPort.remove(port);
        return new Done();
    }

    Done map(MapConsole ask) {
        if (lines.containsKey(ask.domid())) {
            throw Problem.of(ProblemType.CONFLICT, "The console ring of domid " + ask.domid() + " is already mapped")
                    .toException();
        }
        ConsoleRing ring = hypervisor.consoleRings().map(ask.domid(), ask.frame());
        lines.put(ask.domid(), new ConsoleLine(ring, ask.domid(), ask.adopted(), log.history(ask.uuid())));
        return new Done();
    }

    Done unmap(int domid) {
        ConsoleLine line = lines.get(domid);
        if (line != null) {
            line.close();
            lines.remove(domid);
        }
        return new Done();
    }

    ConsoleRead read(ReadConsole ask) {
        ConsoleRead read = owned(ask.domid(), ask.port()).read(chunk, () -> tellGuest(ask.domid(), ask.port()));
        log.shrink();
        return read;
    }

    ConsoleWritten write(WriteConsole ask) {
        int accepted = owned(ask.domid(), ask.port()).write(ask.bytes().getBytes());
        if (accepted > 0) {
            tellGuest(ask.domid(), ask.port());
        }
        return new ConsoleWritten(accepted);
    }

    private ConsoleLine owned(int domid, int port) {
        ConsoleLine line = lines.get(domid);
        if (line == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "The console ring of domid " + domid + " is not mapped")
                    .toException();
        }
        Integer boundTo = domidByPort.get(port);
        if (boundTo == null || boundTo != domid) {
            throw Problem.of(
                            ProblemType.CONFLICT,
                            "The console ring of domid " + domid + " is not touched: port " + port
                                    + " is not bound to that domain")
                    .toException();
        }
        return line;
    }

    /** What was moved is moved, whether or not the guest can be told. */
    private void tellGuest(int domid, int port) {
        try {
            hypervisor.eventChannels().notify(port);
        } catch (ProblemException e) {
            LOG.warn("The console of domid {} cannot be notified: {}", domid, e.getMessage());
        }
    }

    /** Unmaps and unbinds everything, as far as it can be done. */
    void close() {
        for (int domid : List.copyOf(lines.keySet())) {
            attempt("unmap the console of domid " + domid, () -> unmap(domid));
        }
        for (int port : List.copyOf(domidByPort.keySet())) {
            attempt("unbind port " + port, () -> unbind(port));
        }
    }

    private static void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (ProblemException e) {
            LOG.error("Failed to {}: {}", what, e.getMessage());
        }
    }
}
