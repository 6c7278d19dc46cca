package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.netbsd.NetbsdBlockDevices;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Dom0;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole simulated Xen host in this process: hypervisor, guests, and a xenstored on a socket of its own. */
public final class SimHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimHost.class);
    /** sun_path of unix sockets holds 108 bytes on Linux, 104 elsewhere, a NUL among them. */
    private static final int LONGEST_SOCKET_PATH = 103;

    private static final String SOCKET = "xenstored.sock";
    private static final String DEVICES = "sim-devices";
    private static final String NETBSD = "sim-netbsd";

    private static final int GUEST_THREADS = 2;
    /** How slow a slow xenstored is, as a part of {@link SimHostOptions#slowness}: it is so for every single reply. */
    private static final int SLOW_REPLY_PART = 40;

    private final SimTerminals terminals = new SimTerminals();
    private final Faults faults;
    private final Path socket;
    private final @Nullable Path temporary;
    private final ScheduledThreadPoolExecutor executor = executor();
    private final SimXenstored store;
    private final SimMachine machine;
    private final SimDisks disks;
    private final Blkback blkback;
    /** What a dom0 with NetBSD has below /var/run. */
    private final Path run;

    private final BackendNetwork network;
    private final Netback netback;
    private final ForeignToolstack foreign;
    private final Set<SimHypervisor> opened = ConcurrentHashMap.newKeySet();

    private SimHost(SimHostOptions options, Faults faults, Path socket, Path devices, @Nullable Path temporary) {
        this.faults = faults;
        this.socket = socket;
        this.temporary = temporary;
        DomainTable domains = new DomainTable();
        this.store = new SimXenstored(socket, domains::alive);
        this.machine = new SimMachine(options, faults, domains, store, executor);
        this.disks = new SimDisks(devices);
        this.blkback = new Blkback(machine, disks);
        this.run = devices.resolveSibling(NETBSD);
        this.network = options.dom0() == Dom0.NETBSD ? new NetbsdDom0(run) : new Dom0Network();
        this.netback = new Netback(machine, network);
        this.foreign = new ForeignToolstack(machine, network, terminals, socket);
        Dom0Nodes.write(store, options);
        store.injectFaults(new XenstoreTroubles(faults, options.slowness().dividedBy(SLOW_REPLY_PART), () -> store));
    }

    /**
     * Starts a host; dom0 is its only domain.
     *
     * @param socketDir where xenstored's socket goes, made if it is missing; a temporary one is used if its path is too long; each file
     *     of its directory {@code sim-devices}, if there is one, is a block device {@code /dev/sim/NAME}, see {@link DeviceDirectory}
     */
    public static SimHost start(SimHostOptions options, Path socketDir) {
        Faults faults = new Faults();
        faults.arm(options.faults());
        Path wanted = socketDir.toAbsolutePath().resolve(SOCKET);
        boolean fits = wanted.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
        try {
            Path temporary = fits ? null : Files.createTempDirectory("xcs");
            Path socket = temporary == null ? wanted : temporary.resolve(SOCKET);
            Files.createDirectories(temporary == null ? socketDir : temporary);
            return new SimHost(options, faults, socket, socketDir.resolve(DEVICES), temporary);
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(ProblemType.UNAVAILABLE, "the simulated host has no place for its socket " + wanted)
                            .withCause(String.valueOf(e)),
                    e);
        }
    }

    private static ScheduledThreadPoolExecutor executor() {
        AtomicInteger number = new AtomicInteger();
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(GUEST_THREADS, task -> {
            Thread thread = new Thread(task, "sim-guests-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** The pseudo terminals of its dom0, to be opened by who plays {@code xl console}. */
    public SimTerminals terminals() {
        return terminals;
    }

    /** Handles on the hypervisor, as one process of dom0 opens them; each call opens others. */
    public Hypervisor hypervisor() {
        SimHypervisor hypervisor = machine.options().dom0() == Dom0.NETBSD ? onNetbsd() : onLinux();
        opened.add(hypervisor);
        return hypervisor;
    }

    private SimHypervisor onLinux() {
        SimBlockDevices devices = new SimBlockDevices(disks, blkback, faults);
        return new SimHypervisor(machine, devices, devices::close, network.devices(faults), terminals, opened::remove);
    }

    private SimHypervisor onNetbsd() {
        NetbsdDiskPrograms programs = new NetbsdDiskPrograms(disks);
        NetbsdSimBlockDevices devices =
                new NetbsdSimBlockDevices(new NetbsdBlockDevices(programs, programs, run), blkback, faults);
        return new SimHypervisor(machine, devices, devices::close, network.devices(faults), terminals, opened::remove);
    }

    /** Where xenstored listens. */
    public Path xenstoreSocket() {
        return socket;
    }

    public Faults faults() {
        return faults;
    }

    /** The machine on the other end of the wire of dom0's uplink: {@value Dom0Network#UPLINK}, on NetBSD {@value NetbsdDom0#UPLINK}. */
    public OutsideHost outside() {
        return network.outside();
    }

    /** Makes a bridge in dom0 that xcsd knows nothing of, as an administrator does. */
    public void addBridge(String name) {
        network.addBridge(name);
    }

    /** xenstore from inside the process; as domid 0 it is all-powerful. */
    public StoreAccess store() {
        return store;
    }

    /** Makes a domain as xl would, booted from {@code sim:linux} with 64 MiB. */
    public ForeignDomain createForeign(String name) {
        return createForeign(name, "sim:linux", 64, "");
    }

    /**
     * Makes a domain as xl would: with xl's nodes, its console read by xenconsoled, and destroyed by xl when it shuts down.
     */
    public ForeignDomain createForeign(String name, String kernel, int memoryMib, String cmdline) {
        return foreign.create(name, kernel, memoryMib, cmdline);
    }

    /** Gives a domain, whosever it is, a network interface as xl would, with a script on a bridge and without a guard. */
    public void attachForeignVif(int domid, int index, MacAddress mac, String bridge) {
        foreign.attachVif(domid, index, mac, bridge);
    }

    /** Takes a network interface away as xl would. */
    public void detachForeignVif(int domid, int index) {
        foreign.detachVif(domid, index);
    }

    /** Switches the host off: guests stop where they are, the socket goes. */
    @Override
    public void close() {
        foreign.close();
        opened.forEach(SimHypervisor::close);
        machine.close();
        executor.shutdownNow();
        blkback.close();
        netback.close();
        store.close();
        disks.close();
        if (temporary != null) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                LOG.warn("{} stays behind", temporary, e);
            }
        }
    }
}
