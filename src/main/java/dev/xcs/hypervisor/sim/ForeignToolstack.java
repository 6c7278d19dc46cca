package dev.xcs.hypervisor.sim;

import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Op;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The toolstack that was there before us: makes domains as xl does and watches over them, with xenconsoled on their consoles. A
 * process of its own: what it has open nobody else shares. All its work after {@link #create} is done on one thread.
 */
final class ForeignToolstack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignToolstack.class);

    /** What a guest may write. */
    private static final List<String> CONTROL =
            List.of("shutdown", "feature-poweroff", "feature-reboot", "feature-suspend", "sysrq");

    /** How long libxl waits for a back-end, LIBXL_INIT_TIMEOUT. */
    private static final long PATIENCE_SECONDS = 10;

    private final SimMachine machine;
    private final BackendNetwork network;
    private final SimTerminals terminals;
    private final Path socket;
    private final Map<Integer, ForeignConsole> consoles = new ConcurrentHashMap<>();
    private final Map<Integer, ForeignDomain> watched = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "sim-xl");
        thread.setDaemon(true);
        return thread;
    });

    ForeignToolstack(SimMachine machine, BackendNetwork network, SimTerminals terminals, Path socket) {
        this.machine = machine;
        this.network = network;
        this.terminals = terminals;
        this.socket = socket;
        machine.onEnd((domid, gone) -> {
            if (watched.containsKey(domid)) {
                executor.execute(() -> ended(domid, gone));
            }
        });
    }

    ForeignDomain create(String name, String kernel, int memoryMib, String cmdline) {
        UUID uuid = UUID.randomUUID();
        int domid = machine.create(uuid, DomainType.PV, 1);
        ForeignDomain domain = new ForeignDomain(domid, uuid, name);
        try (StoreClient store = new StoreClient(socket)) {
            BuiltDomain built =
                    machine.build(new BuildRequest(domid, DomainType.PV, memoryMib, 1, kernel, List.of(), cmdline));
            publish(store, domain, built, memoryMib);
            ForeignConsole console = new ForeignConsole(machine, domid, built.consolePort(), terminals, executor);
            consoles.put(domid, console);
            store.write("/local/domain/" + domid + "/console/tty", console.path());
            watched.put(domid, domain);
            machine.unpause(domid);
        } catch (ProblemException e) {
            forget(domid);
            machine.destroy(domid);
            throw e;
        }
        return domain;
    }

    /** What {@code xl create} writes, as far as anybody looks at it. */
    static void publish(StoreClient store, ForeignDomain domain, BuiltDomain built, int memoryMib) {
        int domid = domain.domid();
        String home = "/local/domain/" + domid;
        String vm = "/vm/" + domain.uuid();
        store.write(home, "");
        store.permit(home, "n0", "r" + domid);
        writeAll(store, vm, "name", domain.name(), "uuid", domain.uuid());
        writeAll(store, home, "vm", vm, "name", domain.name(), "domid", domid, "device", "");
        writeAll(store, home + "/memory", "static-max", memoryMib * 1024L, "target", memoryMib * 1024L);
        store.write(home + "/cpu/0/availability", "online");
        for (String key : CONTROL) {
            store.write(home + "/control/" + key, "");
            store.permit(home + "/control/" + key, "n" + domid);
        }
        writeAll(store, home + "/store", "port", built.storePort(), "ring-ref", built.storeFrame());
        writeAll(store, home + "/console", "type", "xenconsoled", "output", "pty");
        writeAll(store, home + "/console", "port", built.consolePort(), "ring-ref", built.consoleFrame());
        store.write("/libxl/" + domid + "/type", "pv");
        store.ask(Op.INTRODUCE, "" + domid, "" + built.storeFrame(), "" + built.storePort());
    }

    private static void writeAll(StoreClient store, String directory, Object... keysAndValues) {
        for (int i = 0; i < keysAndValues.length; i += 2) {
            store.write(directory + "/" + keysAndValues[i], keysAndValues[i + 1].toString());
        }
    }

    /** As {@code xl network-attach} does, with the script vif-bridge. */
    void attachVif(int domid, int index, MacAddress mac, String bridge) {
        String backend = backend(domid, index);
        String frontend = frontend(domid, index);
        try (StoreClient store = new StoreClient(socket)) {
            for (String directory : List.of(frontend, backend, "/libxl/" + domid + "/device/vif/" + index)) {
                store.write(directory, "");
            }
            store.permit(frontend, "n" + domid, "r0");
            store.permit(backend, "n0", "r" + domid);
            writeAll(store, frontend, "backend", backend, "backend-id", 0, "handle", index, "mac", mac);
            writeAll(store, frontend, "mtu", 1500, "trusted", 1, "state", XenbusState.INITIALISING);
            for (String directory : List.of("/libxl/" + domid + "/device/vif/" + index, backend)) {
                writeAll(store, directory, "frontend", frontend, "frontend-id", domid, "online", 1);
                writeAll(store, directory, "script", "/etc/xen/scripts/vif-bridge", "mac", mac, "bridge", bridge);
                writeAll(store, directory, "handle", index, "type", "vif", "hotplug-status", "");
                writeAll(store, directory, "state", XenbusState.INITIALISING);
            }
            store.write("/libxl/" + domid + "/device/vif/" + index + "/backend", backend);
            awaitState(backend, XenbusState.INIT_WAIT);
            network.connectForeign(domid, index, bridge);
            store.write(backend + "/hotplug-status", "connected");
        }
    }

    /** As {@code xl network-detach} does. */
    void detachVif(int domid, int index) {
        String backend = backend(domid, index);
        try (StoreClient store = new StoreClient(socket)) {
            writeAll(store, backend, "online", 0, "state", XenbusState.CLOSING);
            awaitState(backend, XenbusState.CLOSED);
            store.remove(frontend(domid, index));
            store.remove(backend);
            store.remove("/libxl/" + domid + "/device/vif/" + index);
        }
    }

    private static String backend(int domid, int index) {
        return "/local/domain/0/backend/vif/" + domid + "/" + index;
    }

    private static String frontend(int domid, int index) {
        return "/local/domain/" + domid + "/device/vif/" + index;
    }

    private void awaitState(String backend, int state) {
        CountDownLatch reached = new CountDownLatch(1);
        AutoCloseable watch = machine.store().watch(0, backend + "/state", path -> {
            if (machine.store().read(0, backend + "/state").orElse("").equals(String.valueOf(state))) {
                reached.countDown();
            }
        });
        boolean there = isReached(reached);
        try {
            watch.close();
        } catch (Exception e) {
            LOG.warn("xl's watch of {} cannot be ended", backend, e);
        }
        if (!there) {
            throw Problem.of(ProblemType.TIMEOUT, "xl: " + backend + " does not get to state " + state)
                    .toException();
        }
    }

    private static boolean isReached(CountDownLatch reached) {
        try {
            return reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** As the xl process does that stays behind each domain, and as xenconsoled does. */
    private void ended(int domid, boolean gone) {
        ForeignDomain domain = watched.get(domid);
        if (domain == null) {
            return;
        }
        try {
            if (!gone && machine.isAlive(domid)) {
                removeNodes(domain);
                machine.destroy(domid);
            }
        } catch (ProblemException e) {
            LOG.warn("xl cannot clean up after domain {}: {}", domid, e.getMessage());
        } finally {
            if (!machine.isAlive(domid)) {
                forget(domid);
            }
        }
    }

    private void removeNodes(ForeignDomain domain) {
        try (StoreClient store = new StoreClient(socket)) {
            store.remove("/local/domain/" + domain.domid());
            store.remove("/vm/" + domain.uuid());
            store.remove("/libxl/" + domain.domid());
            store.remove("/local/domain/0/backend/vif/" + domain.domid());
        }
    }

    private void forget(int domid) {
        watched.remove(domid);
        ForeignConsole console = consoles.remove(domid);
        if (console != null) {
            console.close();
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        consoles.keySet().forEach(this::forget);
    }
}
