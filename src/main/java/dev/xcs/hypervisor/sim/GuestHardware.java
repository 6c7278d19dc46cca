package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.sim.guest.Hardware;
import dev.xcs.model.DomainType;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The virtual machine of one domain, as its kernel sees it. */
final class GuestHardware implements Hardware {
    private static final Logger LOG = LoggerFactory.getLogger(GuestHardware.class);

    private final SimMachine machine;
    private final SimDomain domain;
    private final ByteBuffer page;
    private final ConsolePage console;
    private final int consolePort;
    private final ConcurrentLinkedQueue<AutoCloseable> watches = new ConcurrentLinkedQueue<>();

    GuestHardware(SimMachine machine, SimDomain domain, ByteBuffer page, int consolePort) {
        this.machine = machine;
        this.domain = domain;
        this.page = page;
        this.console = new ConsolePage(page);
        this.consolePort = consolePort;
    }

    @Override
    public int domid() {
        return domain.domid;
    }

    @Override
    public DomainType type() {
        return domain.type;
    }

    @Override
    public int vcpus() {
        return domain.maxVcpus;
    }

    @Override
    public long memoryKib() {
        return machine.memoryKib(domain);
    }

    @Override
    public boolean runnable() {
        return domain.runnable();
    }

    @Override
    public ConsolePage console() {
        return console;
    }

    @Override
    public ByteBuffer consolePage() {
        return page;
    }

    @Override
    public void notifyConsole() {
        machine.events().notifyDom0(domain.domid, consolePort);
    }

    @Override
    public Optional<String> read(String key) {
        try {
            return machine.store().read(domain.domid, path(key));
        } catch (ProblemException e) {
            // A node that the guest may not read looks to it as one that is not there.
            LOG.debug("guest {} cannot read {}: {}", domain.domid, key, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<String> list(String key) {
        try {
            return machine.store().list(domain.domid, path(key));
        } catch (ProblemException e) {
            LOG.debug("guest {} cannot list {}: {}", domain.domid, key, e.getMessage());
            return List.of();
        }
    }

    @Override
    public void write(String key, String value) {
        machine.store().write(domain.domid, path(key), value);
    }

    @Override
    public Map<String, String> readAll(List<String> keys) {
        Map<String, String> byPath = machine.store()
                .readAll(domain.domid, keys.stream().map(this::path).toList());
        Map<String, String> values = new HashMap<>();
        for (String key : keys) {
            String value = byPath.get(path(key));
            if (value != null) {
                values.put(key, value);
            }
        }
        return values;
    }

    @Override
    public boolean update(String guard, Map<String, String> values) {
        Map<String, String> byPath = new LinkedHashMap<>();
        values.forEach((key, value) -> byPath.put(path(key), value));
        return machine.store().update(domain.domid, path(guard), byPath);
    }

    @Override
    public Watch watch(String key, Consumer<String> listener) {
        AutoCloseable watch = machine.store().watch(domain.domid, path(key), listener);
        watches.add(watch);
        if (!machine.alive(domain)) {
            closeWatches();
        }
        return () -> {
            if (watches.remove(watch)) {
                close(watch);
            }
        };
    }

    @Override
    public ByteBuffer newPage() {
        return SimDomain.newPage();
    }

    @Override
    public int grant(ByteBuffer granted) {
        return domain.grants.grant(granted);
    }

    @Override
    public void revoke(int ref) {
        domain.grants.revoke(ref);
    }

    @Override
    public int allocatePort(Runnable onEvent) {
        int port = machine.events().allocate(domain.domid, onEvent);
        if (!machine.alive(domain)) {
            machine.events().close(domain.domid, port);
        }
        return port;
    }

    @Override
    public void closePort(int port) {
        machine.events().close(domain.domid, port);
    }

    @Override
    public void notifyPort(int port) {
        machine.events().notifyDom0(domain.domid, port);
    }

    @Override
    public boolean ignoresDisks() {
        return machine.faults().strikes(Fault.STUCK_BLKFRONT, domain.domid);
    }

    @Override
    public boolean ignoresNetworks() {
        return machine.faults().strikes(Fault.STUCK_NETFRONT, domain.domid);
    }

    private String path(String key) {
        return key.startsWith("/") ? key : "/local/domain/" + domain.domid + "/" + key;
    }

    /** The domain is dead. */
    void closeWatches() {
        for (AutoCloseable watch = watches.poll(); watch != null; watch = watches.poll()) {
            close(watch);
        }
    }

    private void close(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception e) {
            LOG.warn("a watch of guest {} cannot be ended", domain.domid, e);
        }
    }

    @Override
    public void load(int permille) {
        domain.clock.load(permille);
    }

    @Override
    public long balloon(long targetKib) {
        return machine.balloon(domain, targetKib);
    }

    @Override
    public void onlineVcpus(int count) {
        machine.onlineVcpus(domain, count);
    }

    @Override
    public void shutdown(ShutdownReason reason) {
        machine.guestEnded(domain, reason);
    }

    @Override
    public boolean stuck() {
        return machine.faults().strikes(Fault.STUCK_FRONTEND, domain.domid);
    }

    @Override
    public boolean panicsAtBoot() {
        return machine.faults().strikes(Fault.CRASH_AT_BOOT, domain.domid);
    }

    @Override
    public boolean corruptsRing() {
        return machine.faults().strikes(Fault.CORRUPT_RING, domain.domid);
    }
}
