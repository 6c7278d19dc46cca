package dev.xcs.block;

import dev.xcs.message.ChangeMedium;
import dev.xcs.message.DiskLeft;
import dev.xcs.message.MediumChanged;
import dev.xcs.message.PlugDisk;
import dev.xcs.message.ResumeDisks;
import dev.xcs.message.UnplugDisk;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DiskView;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VirtualDevice;
import dev.xcs.xenstore.NodeWait;
import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Attaches, detaches and changes disks of domains that are booted. */
final class LiveDisks {
    private static final Logger LOG = LoggerFactory.getLogger(LiveDisks.class);

    private final Vertx vertx;
    private final Xenstore store;
    private final DiskTable table;
    private final BootDisks boot;
    private final DiskViews views;
    private final VbdHandshake handshake;

    LiveDisks(Vertx vertx, Xenstore store, DiskTable table, BootDisks boot, DiskViews views, VbdHandshake handshake) {
        this.vertx = vertx;
        this.store = store;
        this.table = table;
        this.boot = boot;
        this.views = views;
        this.handshake = handshake;
    }

    /** Done when the guest has it, or at once if it cannot take it now. A guest that does not take it does not keep it. */
    Future<DiskView> plug(PlugDisk ask) {
        DomainDisks disks = disks(ask.uuid(), ask.name(), ask.domid(), ask.guestOs());
        KeptDisk disk = new KeptDisk(ask.disk(), VirtualDevice.parse(ask.disk().vdev(), ask.guestOs()));
        return refuseTaken(disks, disk)
                .compose(any -> plug(disks, disk, ask.await()))
                .compose(any -> views.show(disks, disk));
    }

    private DomainDisks disks(UUID uuid, String name, int domid, GuestOs guestOs) {
        DomainDisks known = table.find(uuid);
        if (known != null && known.domid() == domid) {
            return known;
        }
        if (known != null) {
            // Of an older boot, which nobody told us has gone: a stranger's.
            boot.release(uuid)
                    .onFailure(failure -> LOG.warn("Disks of {} are not given back: {}", name, failure.getMessage()));
        }
        DomainDisks fresh = table.open(new DomainDisks(uuid, name, guestOs));
        fresh.bind(domid);
        return fresh;
    }

    /** Also by another toolstack. */
    private Future<Void> refuseTaken(DomainDisks disks, KeptDisk disk) {
        String path = disks.paths(disk).backend() + "/frontend";
        return store.read(path).compose(there -> {
            if (there.isPresent() || disks.find(disk.device()) != null) {
                return Future.failedFuture(Problem.of(
                                ProblemType.CONFLICT,
                                "vdev: " + Problem.quote(disk.spec().vdev()) + " is a disk of domain " + disks.name()
                                        + " already, expected one that it does not have")
                        .withField("vdev")
                        .toException());
            }
            disks.add(disk);
            return Future.succeededFuture();
        });
    }

    private Future<Void> plug(DomainDisks disks, KeptDisk disk, boolean await) {
        return boot.open(disks, disk)
                .recover(failure -> {
                    disks.remove(disk.device());
                    return Future.failedFuture(failure);
                })
                .compose(any -> handshake
                        .introduce(disks.paths(disk), disk)
                        .compose(written -> boot.take(disks, disk))
                        .compose(taken -> await && disk.backing() != null ? connected(disks, disk) : done())
                        .recover(failure -> discard(disks, disk).transform(undone -> Future.failedFuture(failure))));
    }

    private static Future<Void> done() {
        return Future.succeededFuture();
    }

    private Future<Void> connected(DomainDisks disks, KeptDisk disk) {
        return handshake
                .connected(disks.paths(disk))
                .recover(failure -> tooSlow(
                        failure,
                        disks.name() + " did not take " + disk.spec().vdev() + " within "
                                + handshake.patience().connect().toSeconds() + " s",
                        "its kernel has no driver for Xen's disks, is not booted that far, or hangs; the disk was "
                                + "taken away again"));
    }

    private static Future<Void> tooSlow(Throwable failure, String detail, String cause) {
        return ProblemException.of(failure).type() == ProblemType.TIMEOUT
                ? Future.failedFuture(Problem.of(ProblemType.TIMEOUT, detail)
                        .withField("vdev")
                        .withCause(cause)
                        .asRetryable()
                        .toException())
                : Future.failedFuture(failure);
    }

    /**
     * Done when the guest has given it up and nothing of it is left; by force also when it does not. A guest that gives it up after the deadline
     * has it taken away then, and {@link DiskLeft} is told.
     */
    Future<VirtualDevice> unplug(UnplugDisk ask) {
        return find(ask.uuid(), ask.domid(), ask.guestOs(), ask.vdev()).compose(found -> {
            VbdPaths paths = found.paths();
            found.disk().ifPresent(disk -> disk.awaiting(null));
            return handshake
                    .closed(paths)
                    .recover(failure -> ask.force() ? done() : refusal(failure, ask.vdev(), () -> leaves(found)))
                    .compose(any -> discard(found))
                    .map(any -> new VirtualDevice(paths.number()));
        });
    }

    /** @param late what is done about its late answer */
    private Future<Void> refusal(Throwable failure, String vdev, Runnable late) {
        if (ProblemException.of(failure).type() == ProblemType.TIMEOUT) {
            late.run();
        }
        return tooSlow(
                failure,
                "The guest did not give " + vdev + " up within "
                        + handshake.patience().close().toSeconds() + " s; it is asked for still",
                "it is in use inside the guest, or the guest hangs or is paused; force takes it away all the same");
    }

    /** What is another toolstack's stays as it is, asked for, until somebody asks again. */
    private void leaves(Found found) {
        DomainDisks disks = found.disks();
        if (disks != null) {
            found.disk().ifPresent(disk -> leaves(disks, disk));
        }
    }

    private void leaves(DomainDisks disks, KeptDisk disk) {
        onceGivenUp(disks, disk, () -> {
            DiskLeft left =
                    new DiskLeft(disks.uuid(), disks.domid(), disk.device().number());
            DiskLeft.ADDRESS.publish(vertx.eventBus(), left);
            return done();
        });
    }

    private void onceGivenUp(DomainDisks disks, KeptDisk disk, Supplier<Future<Void>> rest) {
        NodeWait wait = handshake.givenUp(disks.paths(disk));
        disk.awaiting(wait);
        wait.future()
                .onSuccess(any -> LOG.info("{} is given up at last", disks.describe(disk)))
                .compose(any -> discard(disks, disk))
                .compose(any -> rest.get())
                .onFailure(failure -> LOG.debug("{}: {}", disks.describe(disk), failure.getMessage()));
    }

    /** A drive that comes back late comes back as it was: who asked for another medium was told that there is none. */
    private void returns(DomainDisks disks, KeptDisk drive) {
        onceGivenUp(disks, drive, () -> plugAgain(disks, drive));
    }

    private Future<Void> plugAgain(DomainDisks disks, KeptDisk gone) {
        KeptDisk again = new KeptDisk(gone.spec(), gone.device());
        disks.add(again);
        return plug(disks, again, false);
    }

    /**
     * What guests were asked for by an earlier run of the daemon they may give up now. Nobody knows any more why a drive was to go, so it comes
     * back.
     */
    Future<List<DiskSpec>> resume(ResumeDisks ask) {
        return boot.resume(ask).onSuccess(any -> {
            DomainDisks disks = table.find(ask.uuid());
            if (disks != null) {
                disks.all().forEach(disk -> resume(disks, disk));
            }
        });
    }

    private void resume(DomainDisks disks, KeptDisk disk) {
        handshake
                .isAskedFor(disks.paths(disk))
                .onSuccess(asked -> {
                    if (asked && disk.spec().device() == DiskDevice.CDROM) {
                        returns(disks, disk);
                    } else if (asked) {
                        leaves(disks, disk);
                    }
                })
                .onFailure(failure -> LOG.warn("{}: {}", disks.describe(disk), failure.getMessage()));
    }

    /** A disk of ours, or of another toolstack for a domain of which we have none. */
    private record Found(VbdPaths paths, @Nullable DomainDisks disks, Optional<KeptDisk> disk) {}

    private Future<Found> find(UUID uuid, int domid, GuestOs guestOs, String vdev) {
        DomainDisks disks = table.find(uuid);
        VirtualDevice device = VirtualDevice.parse(vdev, guestOs);
        KeptDisk kept = disks == null ? null : disks.find(device);
        VbdPaths paths = new VbdPaths(domid, device.number());
        if (kept != null) {
            return Future.succeededFuture(new Found(paths, disks, Optional.of(kept)));
        }
        return store.read(paths.backend() + "/frontend")
                .compose(there -> there.isPresent()
                        ? Future.succeededFuture(new Found(paths, null, Optional.empty()))
                        : Future.failedFuture(
                                DomainDisks.notFound("domid " + domid, vdev).toException()));
    }

    private Future<Void> discard(Found found) {
        DomainDisks disks = found.disks();
        return disks != null && found.disk().isPresent()
                ? discard(disks, found.disk().get())
                : handshake.removeNodes(found.paths());
    }

    private Future<Void> discard(DomainDisks disks, KeptDisk disk) {
        if (disks.find(disk.device()) != disk) {
            // Somebody else was faster; by now there may be another in its place.
            return done();
        }
        return boot.undoScript(disks, disk)
                .compose(any -> handshake.removeNodes(disks.paths(disk)))
                .compose(any -> {
                    disks.remove(disk.device());
                    return boot.giveBack(disk);
                });
    }

    /**
     * The kernel's back-end cannot change the device below a disk, so the drive is taken away and comes back with the other medium in it.
     */
    Future<MediumChanged> medium(ChangeMedium ask) {
        DomainDisks disks = disks(ask.uuid(), ask.name(), ask.domid(), ask.guestOs());
        KeptDisk drive = disks.get(ask.vdev());
        DiskSpec before = drive.spec();
        if (before.device() != DiskDevice.CDROM) {
            throw Problem.invalidField("vdev", ask.vdev(), "a CD drive: other disks have no medium")
                    .toException();
        }
        DiskSpec after = withTarget(before, ask.target());
        KeptDisk changed = new KeptDisk(after, drive.device());
        drive.awaiting(null);
        return handshake
                .closed(disks.paths(drive))
                .recover(failure -> ask.await() ? refusal(failure, ask.vdev(), () -> returns(disks, drive)) : done())
                .compose(any -> discard(disks, drive))
                .compose(any -> replug(disks, drive, changed, ask.await()))
                .compose(any -> views.show(disks, changed))
                .map(view -> new MediumChanged(after, view));
    }

    /** A drive does not vanish because its new medium cannot be used: then the old one is in it again. */
    private Future<Void> replug(DomainDisks disks, KeptDisk old, KeptDisk changed, boolean await) {
        disks.add(changed);
        return plug(disks, changed, await)
                .recover(failure -> plugAgain(disks, old).transform(any -> Future.failedFuture(failure)));
    }

    private static DiskSpec withTarget(DiskSpec spec, @Nullable String target) {
        return new DiskSpec(
                target,
                spec.vdev(),
                target == null ? DiskFormat.RAW : spec.format(),
                spec.access(),
                spec.device(),
                spec.script(),
                spec.discard(),
                spec.directIoSafe(),
                spec.backendType(),
                false);
    }
}
