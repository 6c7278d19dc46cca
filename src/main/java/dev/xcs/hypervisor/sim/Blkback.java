package dev.xcs.hypervisor.sim;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The block back-end in the simulated dom0's kernel: finds the directories below backend/vbd and drives a {@link Vbd} for each. All of
 * that on one thread, as xenwatch is one; the I/O on two others.
 */
final class Blkback implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Blkback.class);
    private static final String ROOT = "/local/domain/0/backend/vbd";
    private static final Pattern BACKEND = Pattern.compile(ROOT + "/([0-9]{1,5})/([0-9]{1,9})(/.*)?");
    private static final int IO_THREADS = 2;

    private record Key(int domid, String id) {
        String directory() {
            return ROOT + "/" + domid + "/" + id;
        }
    }

    /** A device that the driver has, and the watch on its front-end. */
    private record Attached(Vbd vbd, AutoCloseable watch) {
        void end(Key key) {
            try {
                watch.close();
            } catch (Exception e) {
                LOG.warn("the watch of {} cannot be ended", key, e);
            }
            vbd.close();
        }
    }

    private final SimMachine machine;
    private final SimDisks disks;
    private final ExecutorService xenwatch = Executors.newSingleThreadExecutor(named("sim-xenwatch"));
    private final ExecutorService io = Executors.newFixedThreadPool(IO_THREADS, named("sim-blkback"));
    private final Map<Key, Attached> devices = new ConcurrentHashMap<>();
    private final Set<Key> waiting = new LinkedHashSet<>();

    Blkback(SimMachine machine, SimDisks disks) {
        this.machine = machine;
        this.disks = disks;
        machine.store().watch(0, ROOT, this::changed);
        machine.faults().onDisarm(fault -> {
            if (fault == Fault.STUCK_BLKBACK) {
                run(this::unstick);
            }
        });
    }

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** On the store's thread. */
    private void changed(String path) {
        Matcher backend = BACKEND.matcher(path);
        if (backend.matches()) {
            look(new Key(Integer.parseInt(backend.group(1)), backend.group(2)));
        } else {
            // What lies above a device went, and perhaps the device with it.
            devices.keySet().forEach(this::look);
        }
    }

    /** Each device waits once at most, however much happens to it. */
    private void look(Key key) {
        synchronized (waiting) {
            if (waiting.add(key) && waiting.size() == 1) {
                run(this::lookAtAll);
            }
        }
    }

    private void run(Runnable task) {
        try {
            xenwatch.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("dom0 is switched off", e);
        }
    }

    private void lookAtAll() {
        List<Key> keys;
        synchronized (waiting) {
            keys = List.copyOf(waiting);
            waiting.clear();
        }
        for (Key key : keys) {
            try {
                lookAt(key);
            } catch (ProblemException e) {
                LOG.warn("{}: {}", key.directory(), e.getMessage());
            }
        }
    }

    private void lookAt(Key key) {
        String stateNode = key.directory() + "/state";
        String frontendNode = key.directory() + "/frontend";
        Map<String, String> nodes = machine.store().readAll(0, List.of(stateNode, frontendNode));
        boolean isNew = nodes.getOrDefault(stateNode, "").equals("1");
        Attached known = devices.get(key);
        // Its end and its return may have been one event: the directory of a device that is driven never says 1.
        if (known != null && (isNew || nodes.isEmpty())) {
            devices.remove(key);
            known.end(key);
            known = null;
        }
        if (known == null && isNew && nodes.containsKey(frontendNode)) {
            known = probe(key, nodes.get(frontendNode));
        }
        if (known != null && !known.vbd().look()) {
            devices.remove(key);
            known.end(key);
        }
    }

    private Attached probe(Key key, String frontend) {
        Vbd vbd = new Vbd(machine, disks, io, key.domid(), key.directory(), frontend);
        vbd.probe();
        AutoCloseable watch = machine.store().watch(0, frontend + "/state", path -> look(key));
        Attached attached = new Attached(vbd, watch);
        devices.put(key, attached);
        return attached;
    }

    private void unstick() {
        devices.forEach((key, attached) -> {
            attached.vbd().unstick();
            look(key);
        });
    }

    /** A device of dom0 may have changed its size. */
    void resized(DeviceNumber device) {
        run(() -> {
            for (Attached attached : devices.values()) {
                if (attached.vbd().isOn(device)) {
                    attached.vbd().resized();
                }
            }
        });
    }

    Optional<DiskStatistics> statistics(int domid, long virtualDevice) {
        Attached attached = devices.get(new Key(domid, String.valueOf(virtualDevice)));
        return attached == null ? Optional.empty() : attached.vbd().statistics();
    }

    /** A turn of I/O that runs is waited for; an interrupt would close the file under it. */
    @Override
    public void close() {
        xenwatch.shutdown();
        io.shutdown();
        devices.forEach((key, attached) -> attached.end(key));
    }
}
