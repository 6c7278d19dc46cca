package dev.xcs.gateway;

import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.Hypervisor;
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
import io.vertx.core.buffer.Buffer;
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
    private static final int CHUNK_BYTES = 4 * 1024;
    private static final int MAX_READ_BYTES = 16 * 1024;

    private final Hypervisor hypervisor;
    private final Map<Integer, ConsoleRing> rings = new ConcurrentHashMap<>();
    private final Map<Integer, Integer> domidByPort = new ConcurrentHashMap<>();
    private final byte[] chunk = new byte[CHUNK_BYTES];

    Handles(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    int mapped() {
        return rings.size();
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
        if (rings.containsKey(ask.domid())) {
            throw Problem.of(ProblemType.CONFLICT, "The console ring of domid " + ask.domid() + " is already mapped")
                    .toException();
        }
        rings.put(ask.domid(), hypervisor.consoleRings().map(ask.domid(), ask.frame()));
        return new Done();
    }

    Done unmap(int domid) {
        ConsoleRing ring = rings.get(domid);
        if (ring != null) {
            ring.close();
            rings.remove(domid);
        }
        return new Done();
    }

    ConsoleRead read(ReadConsole ask) {
        ConsoleRing ring = owned(ask.domid(), ask.port());
        boolean first = ring.isOutputUntouched();
        Buffer taken = Buffer.buffer();
        int count = -1;
        while (count != 0 && taken.length() + CHUNK_BYTES <= MAX_READ_BYTES) {
            count = ring.read(chunk);
            taken.appendBytes(chunk, 0, count);
        }
        if (taken.length() == 0) {
            // Also for a ring whose indices are nonsense: it may look full for ever.
            return new ConsoleRead(taken, false, false);
        }
        tellGuest(ask.domid(), ask.port());
        return new ConsoleRead(taken, ring.hasOutput(), first);
    }

    ConsoleWritten write(WriteConsole ask) {
        ConsoleRing ring = owned(ask.domid(), ask.port());
        byte[] bytes = ask.bytes().getBytes();
        int accepted = ring.write(bytes, 0, bytes.length);
        if (accepted > 0) {
            tellGuest(ask.domid(), ask.port());
        }
        return new ConsoleWritten(accepted);
    }

    private ConsoleRing owned(int domid, int port) {
        ConsoleRing ring = rings.get(domid);
        if (ring == null) {
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
        return ring;
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
        for (int domid : List.copyOf(rings.keySet())) {
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
