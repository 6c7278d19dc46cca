package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.sim.StoreFaults.Trouble;
import dev.xcs.hypervisor.sim.StoreWatches.Watch;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated xenstored that behaves as Debian's C xenstored 4.17: the real wire protocol on a unix socket for dom0, and
 * {@link StoreAccess} for simulated guests. Everything is in memory and starts empty.
 */
public final class SimXenstored implements StoreAccess, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimXenstored.class);

    private final StoreState state = new StoreState();
    private final List<IntConsumer> introduceListeners = new CopyOnWriteArrayList<>();
    private final IntPredicate domainExists;
    private final StoreServer server;
    private volatile StoreFaults faults = StoreFaults.NONE;

    /**
     * Starts to serve.
     *
     * @param socket where to listen; a file that is there is replaced
     * @param domainExists whether the hypervisor has a domid; called with no lock held
     */
    public SimXenstored(Path socket, IntPredicate domainExists) {
        this.domainExists = domainExists;
        this.server = new StoreServer(socket, this::session);
    }

    private StoreSession session(Consumer<Frame> out) {
        return new StoreSession(
                state, domainExists, domid -> introduceListeners.forEach(listener -> listener.accept(domid)), out);
    }

    /** From now on these faults; {@link StoreFaults#NONE} ends them. */
    public void injectFaults(StoreFaults newFaults) {
        faults = newFaults;
        server.injectFaults(newFaults);
    }

    /** Cuts off every client of the socket; the tree stays. */
    public void dropClients() {
        server.dropClients();
    }

    @Override
    public Optional<String> read(int domid, String path) {
        try {
            StoreNode node = run(domid, Op.READ, path, access -> access.read(StorePath.canonical(domid, path)));
            return Optional.of(utf8(node.value()));
        } catch (StoreError refusal) {
            return absentOr(refusal, domid, Op.READ, path, Optional.empty());
        }
    }

    @Override
    public List<String> list(int domid, String path) {
        try {
            return run(domid, Op.DIRECTORY, path, access -> access.read(StorePath.canonical(domid, path)))
                    .children();
        } catch (StoreError refusal) {
            return absentOr(refusal, domid, Op.DIRECTORY, path, List.of());
        }
    }

    @Override
    public void write(int domid, String path, String value) {
        change(domid, Op.WRITE, path, access -> access.write(StorePath.canonical(domid, path), latin1(value)));
    }

    @Override
    public Map<String, String> readAll(int domid, List<String> paths) {
        Map<String, String> values = new LinkedHashMap<>();
        synchronized (state) {
            NodeAccess access = new NodeAccess(domid, state.tree, StoreQuota.DEFAULT);
            for (String path : paths) {
                try {
                    values.put(
                            path,
                            utf8(access.read(StorePath.canonical(domid, path)).value()));
                } catch (StoreError refusal) {
                    LOG.debug("domain {} cannot read {}: {}", domid, path, refusal.errno());
                }
            }
        }
        return values;
    }

    @Override
    public boolean update(int domid, String guard, Map<String, String> values) {
        synchronized (state) {
            if (state.tree.get(StorePath.canonical(domid, guard)) == null) {
                return false;
            }
            NodeAccess access = new NodeAccess(domid, state.tree, StoreQuota.DEFAULT);
            try {
                values.forEach((path, value) -> access.write(StorePath.canonical(domid, path), latin1(value)));
            } catch (StoreError refusal) {
                throw problem(refusal, domid, Op.WRITE, guard);
            } finally {
                state.tellChanges();
            }
            return true;
        }
    }

    private static String latin1(String value) {
        return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void remove(int domid, String path) {
        try {
            run(domid, Op.RM, path, access -> {
                access.remove(StorePath.canonical(domid, path));
                return true;
            });
        } catch (StoreError refusal) {
            absentOr(refusal, domid, Op.RM, path, true);
        }
    }

    /** Sets permissions as a domain may; the first is owner and default, as {@code n0}. */
    public void permit(int domid, String path, String... permissions) {
        change(domid, Op.SET_PERMS, path, access -> {
            List<Permission> parsed =
                    List.of(permissions).stream().map(Permission::parse).toList();
            access.permit(StorePath.canonical(domid, path), parsed);
        });
    }

    @Override
    public AutoCloseable watch(int domid, String path, Consumer<String> listener) {
        Object owner = new Object();
        AtomicBoolean ended = new AtomicBoolean();
        Consumer<String> sink = changed -> server.execute(() -> {
            if (!ended.get()) {
                listener.accept(changed);
            }
        });
        try {
            register(owner, domid, path, sink);
        } catch (StoreError refusal) {
            throw problem(refusal, domid, Op.WATCH, path);
        }
        return () -> {
            ended.set(true);
            synchronized (state) {
                state.watches.removeAll(owner);
            }
        };
    }

    private void register(Object owner, int domid, String path, Consumer<String> sink) {
        if (domid != 0) {
            // What asks in here as dom0 is its kernel; the faults of dom0 are for what comes by the socket.
            refuseByFault(domid, Op.WATCH, path);
        }
        synchronized (state) {
            if (domid != 0 && state.watches.count(domid) >= StoreQuota.DEFAULT.watches()) {
                throw new StoreError(Errno.E2BIG);
            }
            state.watches.add(new Watch(owner, domid, StorePath.watchable(domid, path), path, "", sink));
        }
        sink.accept(path);
    }

    @Override
    public void domainEnded(int domid, boolean gone) {
        synchronized (state) {
            state.ended(domid, gone);
        }
        server.wakeUp();
    }

    @Override
    public void onIntroduce(IntConsumer listener) {
        introduceListeners.add(listener);
    }

    /** Stops serving, cuts off every client and removes the socket. */
    @Override
    public void close() {
        server.close();
    }

    private void change(int domid, Op op, String path, Consumer<NodeAccess> change) {
        try {
            run(domid, op, path, access -> {
                change.accept(access);
                return true;
            });
        } catch (StoreError refusal) {
            throw problem(refusal, domid, op, path);
        }
    }

    private <T> T run(int domid, Op op, String path, Function<NodeAccess, T> body) {
        refuseByFault(domid, op, path);
        synchronized (state) {
            T result = body.apply(new NodeAccess(domid, state.tree, StoreQuota.DEFAULT));
            state.tellChanges();
            return result;
        }
    }

    private void refuseByFault(int domid, Op op, String path) {
        Trouble trouble = faults.of(domid, op, path);
        if (trouble.errno() != null) {
            throw new StoreError(trouble.errno());
        }
    }

    private static <T> T absentOr(StoreError refusal, int domid, Op op, String path, T absent) {
        if (refusal.errno() == Errno.ENOENT) {
            return absent;
        }
        throw problem(refusal, domid, op, path);
    }

    private static ProblemException problem(StoreError refusal, int domid, Op op, String path) {
        Errno errno = refusal.errno();
        String detail =
                "xenstored refuses " + op + " of " + Problem.quote(path) + " to domain " + domid + ": " + errno.name();
        return Problem.of(ProblemType.XENSTORE, detail)
                .withCall("XS_" + op, path)
                .withErrno(errno.number(), errno.text())
                .toException();
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
