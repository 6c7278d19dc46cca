package dev.xcs.console;

import dev.xcs.journal.ConsoleHistory;
import dev.xcs.message.CloseTerminal;
import dev.xcs.message.OpenTerminal;
import dev.xcs.message.PollTerminals;
import dev.xcs.message.TerminalsPolled;
import dev.xcs.message.WriteTerminal;
import dev.xcs.model.ProblemException;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets {@code xl console} see our consoles: a pseudo terminal for each, named in {@code console/tty}. It is written to only while somebody has it
 * open, out of the history, from the last screens on; who does not read waits and nobody else does. Who opens it is a viewer like others; what is typed
 * there asks for the lease when nobody has it, and is dropped with a bell when another does.
 */
final class TerminalViewers {
    private static final Logger LOG = LoggerFactory.getLogger(TerminalViewers.class);
    private static final int REPLAY_BYTES = 16 * 1024;
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final Buffer BELL = Buffer.buffer("\007");

    private final Vertx vertx;
    private final EventBus bus;
    private final Xenstore store;
    private final Map<Integer, Viewer> viewers = new HashMap<>();
    private boolean polling;

    TerminalViewers(Vertx vertx, Xenstore store) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        this.store = store;
    }

    private static final class Viewer {
        private final int domid;
        private final DomainConsole console;
        private final ConsoleHistory history;
        /** Where {@code xl console} would find it; none until it is made. */
        private @Nullable String path;

        private boolean named;

        /** The id of who has it open. */
        private @Nullable String id;

        private long next;
        private boolean writing;

        Viewer(int domid, DomainConsole console, ConsoleHistory history) {
            this.domid = domid;
            this.console = console;
            this.history = history;
        }
    }

    /** A console is attached. It works without a terminal too, so nobody waits for this. */
    void attached(int domid, DomainConsole console, ConsoleHistory history) {
        Viewer viewer = new Viewer(domid, console, history);
        viewers.put(domid, viewer);
        OpenTerminal.ADDRESS
                .ask(bus, new OpenTerminal(domid))
                .onSuccess(opened -> {
                    viewer.path = opened.path();
                    name(viewer);
                })
                .onFailure(failure -> notFound(domid, failure));
    }

    /** A domain is announced once its nodes are there, which may be after its console was attached. */
    void changed(int domid) {
        Viewer viewer = viewers.get(domid);
        if (viewer != null) {
            name(viewer);
        }
    }

    /** Only where the domain has its nodes: those of one that is gone must not come back. */
    private void name(Viewer viewer) {
        String path = viewer.path;
        if (viewer.named || path == null) {
            return;
        }
        String console = "/local/domain/" + viewer.domid + "/console";
        store.read(console + "/ring-ref")
                .compose(ring -> {
                    if (ring.isEmpty() || viewer.named || viewers.get(viewer.domid) != viewer) {
                        return Future.succeededFuture();
                    }
                    viewer.named = true;
                    return store.write(console + "/tty", path);
                })
                .onFailure(failure -> {
                    viewer.named = false;
                    notFound(viewer.domid, failure);
                });
    }

    private static void notFound(int domid, Throwable why) {
        LOG.debug("xl console will not find domid {}: {}", domid, why.getMessage());
    }

    void detached(int domid) {
        Viewer viewer = viewers.remove(domid);
        if (viewer == null) {
            return;
        }
        leave(viewer);
        CloseTerminal.ADDRESS
                .ask(bus, new CloseTerminal(domid))
                .onFailure(failure -> LOG.debug("A terminal stays: {}", failure.getMessage()));
    }

    /** Whether somebody has one open. */
    boolean areOpen() {
        return viewers.values().stream().anyMatch(viewer -> viewer.id != null);
    }

    /** Looks who is there, what they typed, and what they have not seen. */
    void tick() {
        if (viewers.isEmpty() || polling) {
            return;
        }
        polling = true;
        PollTerminals.ADDRESS
                .ask(bus, new PollTerminals())
                .onSuccess(this::polled)
                .onFailure(failure -> LOG.debug("No terminals: {}", failure.getMessage()))
                .onComplete(done -> polling = false);
    }

    private void polled(TerminalsPolled now) {
        Set<Integer> open = now.open().stream().map(TerminalsPolled.Open::domid).collect(Collectors.toSet());
        viewers.values().stream().filter(viewer -> !open.contains(viewer.domid)).forEach(TerminalViewers::leave);
        for (TerminalsPolled.Open one : now.open()) {
            Viewer viewer = viewers.get(one.domid());
            if (viewer != null) {
                enter(viewer);
                type(viewer, one.typed());
                show(viewer);
            }
        }
    }

    private static void enter(Viewer viewer) {
        if (viewer.id == null) {
            viewer.id = viewer.console.join("xl console", "xl console", false).id();
            ConsoleHistory.Extent extent = viewer.history.extent();
            viewer.next = Math.max(extent.first(), extent.next() - REPLAY_BYTES);
        }
    }

    private static void leave(Viewer viewer) {
        if (viewer.id != null) {
            viewer.console.leave(viewer.id);
            viewer.id = null;
        }
    }

    private void type(Viewer viewer, Buffer typed) {
        String id = viewer.id;
        if (typed.length() == 0 || id == null) {
            return;
        }
        try {
            if (!viewer.console.isHeld()) {
                viewer.console.take(id, false);
            }
            viewer.console.type(id, typed.getBytes());
        } catch (ProblemException refused) {
            LOG.debug("Typed on the terminal of domid {}: {}", viewer.domid, refused.getMessage());
            write(viewer, BELL);
        }
    }

    private void show(Viewer viewer) {
        if (viewer.writing || viewer.next >= viewer.history.extent().next()) {
            return;
        }
        viewer.writing = true;
        vertx.executeBlocking(() -> viewer.history.read(viewer.next, CHUNK_BYTES), false)
                .compose(span -> shown(viewer, span))
                .onFailure(failure -> LOG.debug("Nothing to show on a terminal: {}", failure.getMessage()))
                .onComplete(done -> {
                    viewer.writing = false;
                    if (done.succeeded() && Boolean.TRUE.equals(done.result()) && viewer.id != null) {
                        show(viewer);
                    }
                });
    }

    /** Whether all of it found room. */
    private Future<Boolean> shown(Viewer viewer, ConsoleHistory.Span span) {
        if (span.offset() > viewer.next) {
            long missing = span.offset() - viewer.next;
            viewer.next = span.offset();
            write(viewer, Buffer.buffer("\r\n[xcs: " + missing + " bytes are missing here]\r\n"));
        }
        byte[] bytes = Arrays.copyOf(span.bytes(), span.bytes().length);
        return write(viewer, Buffer.buffer(bytes)).map(accepted -> {
            viewer.next += accepted;
            return accepted == bytes.length && accepted > 0;
        });
    }

    private Future<Integer> write(Viewer viewer, Buffer bytes) {
        return WriteTerminal.ADDRESS
                .ask(bus, new WriteTerminal(viewer.domid, bytes))
                .map(written -> written.accepted());
    }
}
