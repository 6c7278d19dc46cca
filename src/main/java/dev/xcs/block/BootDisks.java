package dev.xcs.block;

import dev.xcs.device.HotplugScripts;
import dev.xcs.message.DisksPlaced;
import dev.xcs.message.PrepareDisks;
import dev.xcs.message.ResumeDisks;
import dev.xcs.model.Backing;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VirtualDevice;
import dev.xcs.xenstore.NodeWait;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The disks that a domain boots with: got ready, placed, taken over and given back, and found again after a restart of the daemon. */
final class BootDisks {
    private static final Logger LOG = LoggerFactory.getLogger(BootDisks.class);

    private final Vertx vertx;
    private final Xenstore store;
    private final DiskTable table;
    private final Backings backings;
    private final StoredDisks stored;
    private final NativeDevices devices;
    private final HotplugScripts scripts;
    private final VbdNodes nodes;

    BootDisks(
            Vertx vertx,
            Xenstore store,
            DiskTable table,
            Backings backings,
            StoredDisks stored,
            NativeDevices devices,
            HotplugScripts scripts,
            VbdNodes nodes) {
        this.vertx = vertx;
        this.store = store;
        this.table = table;
        this.backings = backings;
        this.stored = stored;
        this.devices = devices;
        this.scripts = scripts;
        this.nodes = nodes;
    }

    /** All of them or none. */
    Future<Void> prepare(PrepareDisks ask) {
        SortedMap<Integer, KeptDisk> wanted = new TreeMap<>();
        for (int i = 0; i < ask.disks().size(); i++) {
            KeptDisk disk = wanted(ask.disks().get(i), ask.guestOs(), "disks[" + i + "].");
            refuseSame(disk, wanted.put(disk.device().number(), disk));
        }
        DomainDisks disks = table.open(new DomainDisks(ask.uuid(), ask.name(), ask.guestOs()));
        List<Future<Void>> opened =
                wanted.values().stream().map(disk -> add(disks, disk)).toList();
        return Future.join(opened)
                .<Void>mapEmpty()
                .recover(failure -> release(disks)
                        .transform(any -> Future.failedFuture(opened.stream()
                                .filter(Future::failed)
                                .findFirst()
                                .orElseThrow()
                                .cause())));
    }

    private static KeptDisk wanted(DiskSpec spec, GuestOs guestOs, String place) {
        try {
            return new KeptDisk(spec, VirtualDevice.parse(spec.vdev(), guestOs), place);
        } catch (ProblemException e) {
            throw ProblemException.within(place, e);
        }
    }

    private static void refuseSame(KeptDisk disk, @Nullable KeptDisk other) {
        if (other != null) {
            throw disk.placed(Problem.invalidField(
                            "vdev", disk.spec().vdev(), "one that no other disk of the domain has")
                    .withCause("it is the same device as " + other.spec().vdev())
                    .toException());
        }
    }

    private Future<Void> add(DomainDisks disks, KeptDisk disk) {
        disks.add(disk);
        return open(disks, disk).recover(failure -> Future.failedFuture(disk.placed(failure)));
    }

    /** Gets ready what backs a disk, if anything does already. */
    Future<Void> open(DomainDisks disks, KeptDisk disk) {
        DiskSpec spec = disk.spec();
        String script = spec.script();
        if (script != null) {
            return checked(script);
        }
        Future<OpenBacking> opened =
                spec.target() == null ? backings.empty() : backings.open(spec, disks.describe(disk), disk);
        return opened.compose(backing -> {
            if (table.find(disks.uuid()) == disks && disks.find(disk.device()) == disk) {
                disk.back(backing);
                return Future.succeededFuture();
            }
            // Whoever wanted it has given up meanwhile, and released what there was then.
            return backings.close(backing, disk)
                    .transform(any -> Future.failedFuture(unwanted(disks, disk).toException()));
        });
    }

    private static Problem unwanted(DomainDisks disks, KeptDisk disk) {
        return Problem.of(ProblemType.PREEMPTED, disks.describe(disk) + " is not wanted any more");
    }

    private Future<Void> checked(String script) {
        return Future.succeededFuture(script).map(named -> {
            scripts.check(named);
            return null;
        });
    }

    DisksPlaced place(UUID uuid, int domid) {
        DomainDisks disks = table.find(uuid);
        if (disks == null) {
            return new DisksPlaced(List.of());
        }
        disks.bind(domid);
        return new DisksPlaced(disks.all().stream()
                .flatMap(disk -> nodes.of(disks.paths(disk), disk).stream())
                .toList());
    }

    /** Done when the scripts have made their devices; the kernel's part goes on by itself. */
    Future<Void> take(UUID uuid) {
        DomainDisks disks = table.find(uuid);
        if (disks == null) {
            return Future.succeededFuture();
        }
        return Future.join(disks.all().stream()
                        .map(disk -> take(disks, disk).recover(failure -> Future.failedFuture(disk.placed(failure))))
                        .toList())
                .mapEmpty();
    }

    Future<Void> take(DomainDisks disks, KeptDisk disk) {
        VbdPaths paths = disks.paths(disk);
        String script = disk.spec().script();
        if (script != null && disks.isEnded()) {
            return Future.failedFuture(unwanted(disks, disk).toException());
        }
        if (script != null) {
            disk.scripted();
            return scripts.add(use(script, paths));
        }
        watchConnecting(paths, disk);
        return Future.succeededFuture();
    }

    /** Until the back-end has opened the device nobody but us keeps it from going away. */
    private void watchConnecting(VbdPaths paths, KeptDisk disk) {
        OpenBacking backing = disk.backing();
        if (backing == null || !backing.held()) {
            return;
        }
        NodeWait wait = NodeWait.until(
                vertx,
                store,
                paths.backend() + "/state",
                value -> value.filter("4"::equals).isPresent(),
                null);
        disk.awaiting(wait);
        wait.future()
                .compose(any -> {
                    disk.change(OpenBacking::settled);
                    return backings.settle(backing);
                })
                .onFailure(failure -> LOG.debug("{} stays held: {}", backing.path(), failure.getMessage()));
    }

    /** The boot is dead and its nodes are there: scripts see those. Quietly does nothing for a domain without disks. */
    Future<Void> end(UUID uuid, int domid) {
        DomainDisks disks = table.find(uuid);
        if (disks == null || disks.domid() != domid) {
            return Future.succeededFuture();
        }
        disks.end();
        return Future.join(disks.all().stream()
                        .map(disk -> undoScript(disks, disk))
                        .toList())
                .mapEmpty();
    }

    /** Quietly does nothing for a domain without disks. */
    Future<Void> release(UUID uuid) {
        DomainDisks disks = table.find(uuid);
        return disks == null ? Future.succeededFuture() : release(disks);
    }

    /** Not those of a newer boot: whoever gave these up need not have waited. */
    private Future<Void> release(DomainDisks disks) {
        table.remove(disks);
        return Future.join(
                        disks.all().stream().map(disk -> release(disks, disk)).toList())
                .mapEmpty();
    }

    private Future<Void> release(DomainDisks disks, KeptDisk disk) {
        return undoScript(disks, disk).compose(any -> giveBack(disk));
    }

    /** Scripts look at the nodes of their disk: this comes before those are removed. */
    Future<Void> undoScript(DomainDisks disks, KeptDisk disk) {
        String script = disk.spec().script();
        return script != null && disk.takeScripted()
                ? scripts.remove(use(script, disks.paths(disk)))
                : Future.succeededFuture();
    }

    static HotplugScripts.Use use(String script, VbdPaths paths) {
        return new HotplugScripts.Use(script, paths.device(), "", "");
    }

    Future<Void> giveBack(KeptDisk disk) {
        disk.awaiting(null);
        OpenBacking backing = disk.takeBacking();
        if (backing == null) {
            table.disclaim(disk);
            return Future.succeededFuture();
        }
        return backings.close(backing, disk);
    }

    /** The truth is what the guest has: what is written down otherwise is corrected by the answer. */
    Future<List<DiskSpec>> resume(ResumeDisks ask) {
        DomainDisks disks = table.open(new DomainDisks(ask.uuid(), ask.name(), ask.guestOs()));
        disks.bind(ask.domid());
        Map<Integer, DiskSpec> written = new HashMap<>();
        ask.disks()
                .forEach(spec -> written.put(
                        VirtualDevice.parse(spec.vdev(), ask.guestOs()).number(), spec));
        return stored.of(ask.domid())
                .compose(found -> Future.join(found.stream()
                                .filter(disk -> !disk.isQemus())
                                .map(disk -> resume(disks, disk, Optional.ofNullable(written.get(disk.number()))))
                                .toList())
                        .map(any -> disks.specs()));
    }

    private Future<Void> resume(DomainDisks disks, StoredDisk found, Optional<DiskSpec> written) {
        // A medium that was changed just before is the one that the guest has.
        Optional<DiskSpec> spec = written.filter(one -> found.target().equals(one.target() == null ? "" : one.target()))
                .or(found::spec);
        if (spec.isEmpty()) {
            return Future.succeededFuture();
        }
        KeptDisk disk = new KeptDisk(spec.get(), found.virtualDevice());
        disk.scripted();
        disks.add(disk);
        return found.device()
                .map(number -> devices.examine(number)
                        .compose(device -> device.map(backing -> resume(disks, disk, found, backing))
                                .orElse(Future.succeededFuture())))
                .orElse(Future.succeededFuture())
                .onFailure(failure ->
                        LOG.warn("What backs {} is not known: {}", disks.describe(disk), failure.getMessage()))
                .otherwiseEmpty();
    }

    private Future<Void> resume(DomainDisks disks, KeptDisk disk, StoredDisk found, Backing device) {
        return devices.hold(OpenBacking.numberOf(device))
                .compose(held -> backings.reopen(disk.spec(), device, disks.describe(disk), disk))
                .map(open -> {
                    disk.back(open);
                    watchConnecting(disks.paths(disk), disk);
                    LOG.debug("{} is {} again, state {}", disks.describe(disk), open.path(), found.value("state"));
                    return null;
                });
    }
}
