package dev.xcs.hypervisor.sim;

import dev.xcs.model.ProblemException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A back-end driver in the simulated dom0's kernel: finds the directories below backend/KIND and drives a device for each. All of that
 * on one thread, as xenwatch is one.
 *
 * @param <D> the devices
 */
final class BackendDriver<D extends BackendDriver.Device> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackendDriver.class);

    /** A device that the driver has taken. */
    interface Device extends AutoCloseable {
        /** The driver takes the device; gives whether it does. */
        boolean probe();

        /** Looks at everything and does what is due; gives whether the driver still has the device afterwards. */
        boolean look();

        @Override
        void close();
    }

    /** Makes the device of a directory. */
    interface Factory<D> {
        D make(int domid, String id, String directory, String frontend);
    }

    private record Key(int domid, String id) {}

    /** A device that the driver knows, and the watch on its front-end. */
    private record Attached<D extends Device>(D device, boolean refused, AutoCloseable watch) {
        void end() {
            try {
                watch.close();
            } catch (Exception e) {
                LOG.warn("the watch of {} cannot be ended", device, e);
            }
            device.close();
        }
    }

    private final StoreAccess store;
    private final String root;
    private final Pattern form;
    private final Factory<D> factory;
    private final ExecutorService xenwatch;
    private final Map<Key, Attached<D>> devices = new ConcurrentHashMap<>();
    private final Set<Key> waiting = new LinkedHashSet<>();

    /** @param kind vbd or vif */
    BackendDriver(StoreAccess store, String kind, Factory<D> factory) {
        this.store = store;
        this.root = "/local/domain/0/backend/" + kind;
        this.form = Pattern.compile(root + "/([0-9]{1,5})/([0-9]{1,9})(/.*)?");
        this.factory = factory;
        this.xenwatch = Executors.newSingleThreadExecutor(threads("sim-xenwatch-" + kind));
        store.watch(0, root, this::changed);
    }

    /** Threads of dom0's kernel. */
    static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** On the store's thread. */
    private void changed(String path) {
        Matcher backend = form.matcher(path);
        if (backend.matches()) {
            look(new Key(Integer.parseInt(backend.group(1)), backend.group(2)));
        } else {
            // What lies above a device went, and perhaps the device with it.
            lookAtAll();
        }
    }

    /** Has every device looked at. */
    void lookAtAll() {
        devices.keySet().forEach(this::look);
    }

    /** Each device waits once at most, however much happens to it. */
    private void look(Key key) {
        synchronized (waiting) {
            if (waiting.add(key) && waiting.size() == 1) {
                run(this::lookAtWaiting);
            }
        }
    }

    /** Does something on the driver's thread. */
    void run(Runnable task) {
        try {
            xenwatch.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("dom0 is switched off", e);
        }
    }

    /** To be called by {@link #run} only. */
    void forEach(Consumer<D> action) {
        devices.values().forEach(attached -> action.accept(attached.device()));
    }

    private void lookAtWaiting() {
        List<Key> keys;
        synchronized (waiting) {
            keys = List.copyOf(waiting);
            waiting.clear();
        }
        for (Key key : keys) {
            try {
                lookAt(key);
            } catch (ProblemException e) {
                LOG.warn("{}: {}", directory(key), e.getMessage());
            }
        }
    }

    private void lookAt(Key key) {
        String stateNode = directory(key) + "/state";
        String frontendNode = directory(key) + "/frontend";
        Map<String, String> nodes = store.readAll(0, List.of(stateNode, frontendNode));
        boolean isNew = nodes.getOrDefault(stateNode, "").equals("1");
        Attached<D> known = devices.get(key);
        // Its end and its return may have been one event: the directory of a device that is driven never says 1.
        if (known != null && (nodes.isEmpty() || (isNew && !known.refused()))) {
            devices.remove(key);
            known.end();
            known = null;
        }
        if (known == null && isNew && nodes.containsKey(frontendNode)) {
            known = probe(key, nodes.get(frontendNode));
        }
        if (known != null && !known.refused() && !known.device().look()) {
            devices.remove(key);
            known.end();
        }
    }

    private Attached<D> probe(Key key, String frontend) {
        D device = factory.make(key.domid(), key.id(), directory(key), frontend);
        boolean taken = device.probe();
        AutoCloseable watch = taken ? store.watch(0, frontend + "/state", path -> look(key)) : () -> {};
        Attached<D> attached = new Attached<>(device, !taken, watch);
        devices.put(key, attached);
        return attached;
    }

    private String directory(Key key) {
        return root + "/" + key.domid() + "/" + key.id();
    }

    Optional<D> find(int domid, String id) {
        return Optional.ofNullable(devices.get(new Key(domid, id))).map(Attached::device);
    }

    @Override
    public void close() {
        xenwatch.shutdown();
        devices.values().forEach(Attached::end);
    }
}
