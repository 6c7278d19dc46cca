package dev.xcs.block;

import dev.xcs.message.ShowDisks;
import dev.xcs.model.DiskCount;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DiskState;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.DiskView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VirtualDevice;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows disks: what xenstore says of them, joined with what was asked for and with what the back-end has counted. */
final class DiskViews {
    private static final Comparator<DiskView> BY_NUMBER = Comparator.comparingInt(DiskView::virtualDevice);

    private final DiskTable table;
    private final StoredDisks stored;
    private final NativeDevices devices;

    DiskViews(DiskTable table, StoredDisks stored, NativeDevices devices) {
        this.table = table;
        this.stored = stored;
        this.devices = devices;
    }

    Future<List<DiskView>> show(ShowDisks ask) {
        if (ask.domid() < 0) {
            return Future.succeededFuture(ask.disks().stream()
                    .map(spec -> DiskView.of(
                            spec,
                            VirtualDevice.parse(spec.vdev(), ask.guestOs()),
                            null,
                            DiskState.DETACHED,
                            true,
                            null))
                    .sorted(BY_NUMBER)
                    .toList());
        }
        DomainDisks disks = table.find(ask.uuid());
        return stored.of(ask.domid()).compose(found -> {
            List<Future<Optional<DiskView>>> shown =
                    found.stream().map(disk -> view(disks, disk)).toList();
            return Future.all(shown)
                    .map(done -> shown.stream()
                            .flatMap(one -> one.result().stream())
                            .sorted(BY_NUMBER)
                            .toList());
        });
    }

    Future<DiskView> show(DomainDisks disks, KeptDisk disk) {
        return stored.of(disks.domid())
                .compose(found -> found.stream()
                        .filter(one -> one.number() == disk.device().number())
                        .findAny()
                        .map(one -> view(disks, one).map(view -> view.orElseThrow()))
                        .orElseGet(() -> Future.failedFuture(
                                Problem.of(ProblemType.CONFLICT, disks.describe(disk) + " was taken away meanwhile")
                                        .toException())));
    }

    private Future<Optional<DiskView>> view(@Nullable DomainDisks disks, StoredDisk found) {
        KeptDisk kept = disks == null ? null : disks.find(found.virtualDevice());
        Optional<DiskSpec> spec = kept == null ? found.spec() : Optional.of(kept.spec());
        if (spec.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        return statistics(found)
                .map(counted -> Optional.of(DiskView.of(
                        spec.get(),
                        found.virtualDevice(),
                        size(kept, found),
                        DiskState.of(found.value("state")),
                        kept != null,
                        counted.orElse(null))));
    }

    private static @Nullable Long size(@Nullable KeptDisk kept, StoredDisk found) {
        if (kept != null && kept.spec().target() == null) {
            return null;
        }
        if (kept != null && kept.backing() != null) {
            return Objects.requireNonNull(kept.backing()).sizeBytes();
        }
        return found.sizeBytes().orElse(null);
    }

    /** That nobody counts is no failure of who wants to see the disk. */
    private Future<Optional<DiskStatistics>> statistics(StoredDisk disk) {
        return disk.device()
                .map(device ->
                        devices.statistics(disk.domid(), disk.number(), device).otherwise(Optional.empty()))
                .orElse(Future.succeededFuture(Optional.empty()));
    }

    /** Of every disk that was given away; without a look at xenstore, as it is asked every few seconds. */
    Future<List<DiskCount>> count() {
        List<Future<Optional<DiskCount>>> counts = table.all().stream()
                .filter(disks -> disks.domid() >= 0)
                .flatMap(disks -> disks.all().stream().map(disk -> count(disks, disk)))
                .toList();
        return Future.all(counts)
                .map(done ->
                        counts.stream().flatMap(one -> one.result().stream()).toList());
    }

    private Future<Optional<DiskCount>> count(DomainDisks disks, KeptDisk disk) {
        OpenBacking backing = disk.backing();
        if (backing == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return devices.statistics(disks.domid(), disk.device().number(), backing.number())
                .map(read -> read.map(
                        statistics -> new DiskCount(disks.uuid(), disk.spec().vdev(), backing.sizeBytes(), statistics)))
                .otherwise(Optional.empty());
    }
}
