package dev.xcs.hypervisor.netbsd;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Disklabel;
import dev.xcs.platform.DisklabelReader;
import dev.xcs.platform.Dom0;
import dev.xcs.platform.NetbsdDisks;
import dev.xcs.platform.NetbsdDisks.Facts;
import dev.xcs.platform.NetbsdDisks.PartitionPath;
import dev.xcs.platform.NetbsdDisks.Vnode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Block devices of a NetBSD dom0: their sizes by the device itself or by its disklabel, and vnode disks for files. May be used by several threads, one at a
 * time gets through.
 */
public final class NetbsdBlockDevices implements BlockDevices, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetbsdBlockDevices.class);
    private static final int SECTOR = 512;
    private static final long SWEEP_SECONDS = 2;
    /** S_IFMT and what it may hold. */
    private static final int TYPE = 0170000;

    private static final Map<Integer, Backing.Kind> KINDS = Map.of(
            0100000, Backing.Kind.FILE,
            0040000, Backing.Kind.DIRECTORY,
            0010000, Backing.Kind.FIFO,
            0140000, Backing.Kind.SOCKET,
            0020000, Backing.Kind.CHARACTER_DEVICE,
            0060000, Backing.Kind.BLOCK_DEVICE);

    private final Commands commands;
    private final MediaSize mediaSize;
    private final VnodeDisks vnodes;
    private boolean sweeping;
    private final ScheduledExecutorService sweeper = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "xcs-vnd");
        thread.setDaemon(true);
        return thread;
    });

    /** @param directory where it keeps which vnode disks it made, below one that is empty after a boot */
    public NetbsdBlockDevices(CommandRunner runner, MediaSize mediaSize, Path directory) {
        this.commands = new Commands(runner);
        this.mediaSize = mediaSize;
        this.vnodes = new VnodeDisks(commands, new Ledger(directory.resolve("vnodes")));
    }

    /** Nobody tells when a back-end has closed a vnode disk. Who has to do with none leaves those of others alone. */
    private void beginSweeping() {
        if (!sweeping && !sweeper.isShutdown()) {
            sweeping = true;
            sweeper.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private synchronized void sweep() {
        try {
            if (vnodes.isWaiting()) {
                vnodes.sweep();
            }
        } catch (ProblemException e) {
            LOG.warn("Vnode disks are not unconfigured: {}", e.problem().detail());
        }
    }

    @Override
    public synchronized Backing examine(String given) {
        if (!given.startsWith("/")) {
            throw refuse(given, "an absolute path", "");
        }
        CommandRunner.Result real = commands.attempt(NetbsdDisks.realPath(given));
        String path = real.output().stripTrailing();
        return examined(given, real.status() == 0 && path.startsWith("/") ? path : given);
    }

    private Backing examined(String given, String path) {
        Facts facts = facts(given, path);
        Backing.Kind kind = KINDS.getOrDefault(facts.mode() & TYPE, Backing.Kind.FILE);
        boolean readOnly = commands.attempt(NetbsdDisks.mayWrite(path)).status() != 0;
        if (kind == Backing.Kind.BLOCK_DEVICE) {
            return device(path, number(facts), readOnly);
        }
        boolean file = kind == Backing.Kind.FILE;
        return new Backing(
                path,
                kind,
                file ? facts.size() : 0,
                SECTOR,
                null,
                readOnly,
                file ? List.of(extent(facts.device(), facts.inode())) : List.of(),
                file ? usesOfFile(facts) : List.of());
    }

    private Facts facts(String given, String path) {
        CommandRunner.Result stat = commands.attempt(NetbsdDisks.stat(path));
        return Optional.of(stat)
                .filter(done -> done.status() == 0)
                .flatMap(done -> NetbsdDisks.facts(done.output()))
                .orElseThrow(() -> refuse(
                        given,
                        stat.errors().contains("No such file") ? "something that exists" : "something that may be read",
                        stat.errors()));
    }

    private static DeviceNumber number(Facts facts) {
        return Dom0.NETBSD.deviceNumber(String.valueOf(facts.special()));
    }

    private static ProblemException refuse(String path, String expected, String said) {
        Problem problem = Problem.of(ProblemType.INVALID_FIELD, Problem.quote(path) + ", expected " + expected)
                .withCall("stat", path);
        return (said.isBlank() ? problem : problem.withCause(Problem.printable(said.strip()))).toException();
    }

    private static Extent extent(long device, long inode) {
        return Extent.whole("file " + device + " " + inode);
    }

    @Override
    public synchronized Optional<Backing> examine(DeviceNumber device) {
        long special = Long.parseLong(Dom0.NETBSD.physicalDevice(device));
        // A number with its highest bit set is told as a negative one by some.
        String nodes = commands.run(NetbsdDisks.nodes());
        return NetbsdDisks.node(nodes, special)
                .or(() -> NetbsdDisks.node(nodes, (int) special))
                .flatMap(path -> present(path, device));
    }

    /** There are nodes for many vnode disks that nobody has made. */
    private Optional<Backing> present(String path, DeviceNumber device) {
        boolean readOnly = commands.attempt(NetbsdDisks.mayWrite(path)).status() != 0;
        return vnode(path).filter(Vnode::isFree).isPresent()
                ? Optional.empty()
                : Optional.of(device(path, device, readOnly));
    }

    private Optional<Vnode> vnode(String path) {
        Optional<PartitionPath> parts =
                NetbsdDisks.partition(path).filter(part -> part.disk().startsWith("vnd"));
        return parts.flatMap(part -> vnodes.all().stream()
                .filter(vnode -> vnode.name().equals(part.disk()))
                .findFirst());
    }

    private Backing device(String path, DeviceNumber number, boolean readOnly) {
        Optional<Vnode> vnode = vnode(path);
        if (vnode.isPresent()) {
            return vnodeDisk(path, number, vnode.get(), readOnly);
        }
        Optional<PartitionPath> partition = NetbsdDisks.partition(path);
        @Nullable Disklabel label = partition.map(this::label).orElse(null);
        OptionalLong media = mediaSize.of(path);
        long size = media.isPresent() ? whole(path, media.getAsLong()) : labelled(path, partition, label);
        return new Backing(
                path,
                Backing.Kind.BLOCK_DEVICE,
                size,
                label == null ? SECTOR : label.sectorBytes(),
                number,
                readOnly,
                List.of(extent(number, partition, label, size)),
                usesOfDevice(path, partition));
    }

    private static long whole(String path, long bytes) {
        if (bytes <= 0 || bytes % SECTOR != 0) {
            throw Problem.of(
                            ProblemType.INVALID_FIELD,
                            path + ": its size is " + bytes + ", expected a multiple of " + SECTOR + " beyond 0")
                    .withCall("DIOCGMEDIASIZE", path)
                    .toException();
        }
        return bytes;
    }

    private long labelled(String path, Optional<PartitionPath> partition, @Nullable Disklabel label) {
        if (partition.isEmpty() || label == null) {
            throw Problem.of(
                            ProblemType.INVALID_FIELD,
                            path + ": its size cannot be read: neither it nor a disklabel tells")
                    .withCall("DIOCGMEDIASIZE", path)
                    .toException();
        }
        return partition.get().index() == raw()
                ? label.sizeBytes()
                : label.sizeBytes(partition.get().letter());
    }

    private int raw() {
        return Integer.parseInt(commands.run(NetbsdDisks.rawPartition()).strip());
    }

    /** Null for a disk that has none. */
    private @Nullable Disklabel label(PartitionPath partition) {
        String device = partition.raw(raw());
        CommandRunner.Result printed = commands.attempt(NetbsdDisks.label(device));
        return printed.status() == 0 ? DisklabelReader.read(device, printed.output()) : null;
    }

    /** The whole disk that it is on is the one with the number of its first partition. */
    private Extent extent(
            DeviceNumber number, Optional<PartitionPath> partition, @Nullable Disklabel label, long size) {
        int index = partition.map(PartitionPath::index).orElse(0);
        String holder = "disk " + new DeviceNumber(number.major(), number.minor() - index);
        Optional<Disklabel.Partition> part = label == null || partition.isEmpty() || index == raw()
                ? Optional.empty()
                : label.partition(partition.get().letter());
        return part.map(found ->
                        new Extent(holder, Math.multiplyExact(found.offsetSectors(), (long) sectorBytes(label)), size))
                .orElseGet(() -> Extent.whole(holder));
    }

    private static int sectorBytes(@Nullable Disklabel label) {
        return label == null ? SECTOR : label.sectorBytes();
    }

    /** Of the device, and of the whole disk those of its partitions. */
    private List<String> usesOfDevice(String path, Optional<PartitionPath> partition) {
        List<String> paths = new ArrayList<>(List.of(path));
        if (partition.filter(part -> part.index() == raw()).isPresent()) {
            for (char letter = 'a'; letter <= 'p'; letter++) {
                paths.add(partition.get().sibling(letter));
            }
        }
        String mounted = commands.run(NetbsdDisks.mounted());
        CommandRunner.Result swap = commands.attempt(NetbsdDisks.swap());
        List<String> uses = new ArrayList<>();
        for (String one : paths.stream().distinct().toList()) {
            String which = one.equals(path) ? "" : " (" + one + ")";
            NetbsdDisks.mountPoint(mounted, one).ifPresent(place -> uses.add("mounted at " + place + which));
            if (NetbsdDisks.swaps(swap.output(), one)) {
                uses.add("swap" + which);
            }
        }
        return uses;
    }

    /** The vnode disks that are made of it. */
    private List<String> usesOfFile(Facts facts) {
        List<String> uses = new ArrayList<>();
        for (Vnode vnode : vnodes.all()) {
            if (vnode.inode() == facts.inode() && deviceOf(vnode) == facts.device()) {
                uses.add("loop device " + path(vnode));
            }
        }
        return uses;
    }

    /** The device that the file of a vnode disk is on; -1 where that is not to be found out. */
    private long deviceOf(Vnode vnode) {
        Optional<VnodeEntry> own = vnodes.own(vnode);
        if (own.isPresent()) {
            return own.get().device();
        }
        CommandRunner.Result stat =
                commands.attempt(NetbsdDisks.stat(vnode.mountPoint().isEmpty() ? "/" : vnode.mountPoint()));
        return NetbsdDisks.facts(stat.output()).map(Facts::device).orElse(-1L);
    }

    private String path(Vnode vnode) {
        return "/dev/" + vnode.name() + NetbsdDisks.letterOf(raw());
    }

    private Backing vnodeDisk(String path, DeviceNumber number, Vnode vnode, boolean readOnly) {
        Optional<VnodeEntry> own = vnodes.own(vnode);
        return new Backing(
                path,
                Backing.Kind.BLOCK_DEVICE,
                sizeOf(path, own),
                SECTOR,
                number,
                readOnly || own.filter(VnodeEntry::readOnly).isPresent(),
                List.of(extent(deviceOf(vnode), vnode.inode())),
                List.of());
    }

    /** A vnode disk has the whole sectors of its file. */
    private long sizeOf(String path, Optional<VnodeEntry> own) {
        OptionalLong media = mediaSize.of(path);
        if (media.isPresent()) {
            return media.getAsLong();
        }
        return own.flatMap(entry -> NetbsdDisks.facts(
                        commands.attempt(NetbsdDisks.stat(entry.file())).output()))
                .map(facts -> facts.size() - facts.size() % SECTOR)
                .orElse(0L);
    }

    @Override
    public synchronized AttachedDevice attachLoop(String file, boolean readOnly) {
        Facts facts = facts(file, file);
        if (KINDS.get(facts.mode() & TYPE) != Backing.Kind.FILE) {
            throw refuse(file, "a file", "");
        }
        beginSweeping();
        VnodeEntry entry = new VnodeEntry(file, readOnly, facts.device(), facts.inode());
        Vnode vnode = vnodes.attach(entry);
        try {
            String path = path(vnode);
            DeviceNumber number = number(facts(path, path));
            return new AttachedDevice(path, number, sizeOf(path, Optional.of(entry)), readOnly);
        } catch (ProblemException e) {
            vnodes.letGo(vnode.unit());
            throw e;
        }
    }

    @Override
    public synchronized void hold(DeviceNumber device) {
        owned(device).ifPresent(vnode -> {
            vnodes.hold(vnode.unit());
            beginSweeping();
        });
    }

    @Override
    public synchronized void letGo(DeviceNumber device) {
        owned(device).ifPresent(vnode -> vnodes.letGo(vnode.unit()));
    }

    private Optional<Vnode> owned(DeviceNumber device) {
        long special = Long.parseLong(Dom0.NETBSD.physicalDevice(device));
        return NetbsdDisks.node(commands.run(NetbsdDisks.nodes()), special)
                .flatMap(this::vnode)
                .filter(vnode -> vnodes.own(vnode).isPresent());
    }

    /** A vnode disk has the size that its file had when it was made. */
    @Override
    public synchronized long refreshSize(DeviceNumber device) {
        if (owned(device).isPresent()) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "NetBSD's vnode disks do not grow: detach the disk and attach it again, or use a device")
                    .withCall("vndconfig", "device " + device)
                    .toException();
        }
        return examine(device)
                .map(Backing::sizeBytes)
                .orElseThrow(() -> Problem.of(ProblemType.IMPOSSIBLE, "there is no block device " + device)
                        .toException());
    }

    @Override
    public AttachedDevice freeNbd() {
        throw Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "NetBSD has no network block devices: only raw images can be disks there, qcow2, vhd and vmdk"
                                + " not")
                .toException();
    }

    @Override
    public Optional<AttachedDevice> nbd(DeviceNumber device) {
        return Optional.empty();
    }

    /** NetBSD's back-end does not tell. */
    @Override
    public Optional<DiskStatistics> statistics(int domid, long virtualDevice, DeviceNumber device) {
        return Optional.empty();
    }

    @Override
    public synchronized List<Loop> loops() {
        List<Loop> loops = new ArrayList<>();
        for (Vnode vnode : vnodes.all()) {
            if (!vnode.isFree()) {
                String path = path(vnode);
                Optional<VnodeEntry> own = vnodes.own(vnode);
                String file = own.map(VnodeEntry::file).orElse(vnode.mountPoint() + ": inode " + vnode.inode());
                loops.add(new Loop(number(facts(path, path)), file, own.isPresent()));
            }
        }
        return loops;
    }

    /** What a process holds goes with it. */
    @Override
    public void close() {
        sweeper.shutdownNow();
        synchronized (this) {
            if (sweeping) {
                vnodes.letGoAll();
            }
        }
    }
}
