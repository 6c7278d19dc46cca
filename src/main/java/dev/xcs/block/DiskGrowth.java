package dev.xcs.block;

import dev.xcs.message.ResizeDisk;
import dev.xcs.model.Backing;
import dev.xcs.model.DiskView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;

/** Lets disks grow while their guests run. */
final class DiskGrowth {
    private final Vertx vertx;
    private final DiskTable table;
    private final NativeDevices devices;
    private final DiskViews views;
    private final VbdHandshake handshake;

    DiskGrowth(Vertx vertx, DiskTable table, NativeDevices devices, DiskViews views, VbdHandshake handshake) {
        this.vertx = vertx;
        this.table = table;
        this.devices = devices;
        this.views = views;
        this.handshake = handshake;
    }

    /** Done when the back-end has told the guest. */
    Future<DiskView> resize(ResizeDisk ask) {
        DomainDisks disks = table.find(ask.uuid());
        if (disks == null) {
            throw DomainDisks.notFound(ask.uuid().toString(), ask.vdev()).toException();
        }
        KeptDisk disk = disks.get(ask.vdev());
        OpenBacking backing = disk.backing();
        if (backing == null || backing.kind() == OpenBacking.Kind.NBD) {
            throw impossible(disk, "only raw files and devices can be resized while they are used")
                    .toException();
        }
        long now = backing.sizeBytes();
        if (ask.sizeBytes() < now || ask.sizeBytes() % 512 != 0) {
            throw Problem.invalidField(
                            "sizeBytes", ask.sizeBytes(), "a multiple of 512 that is at least the present " + now)
                    .toException();
        }
        return grown(backing, ask.sizeBytes())
                .compose(any -> devices.refresh(backing.number()))
                .compose(size -> grownAs(disks, disk, backing, size, ask.sizeBytes()))
                .compose(any -> views.show(disks, disk));
    }

    private static Problem impossible(KeptDisk disk, String why) {
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "vdev: " + Problem.quote(disk.spec().vdev()) + " cannot be resized: " + why)
                .withField("vdev");
    }

    private Future<Void> grown(OpenBacking backing, long sizeBytes) {
        if (backing.source().kind() != Backing.Kind.FILE) {
            return Future.succeededFuture();
        }
        // A device that cannot take another size, as those of NetBSD, says so before the file has one.
        return devices.refresh(backing.number())
                .compose(any -> vertx.executeBlocking(
                        () -> {
                            grow(backing.source().path(), sizeBytes);
                            return null;
                        },
                        false));
    }

    private static void grow(String file, long sizeBytes) {
        try (RandomAccessFile open = new RandomAccessFile(file, "rw")) {
            if (open.length() < sizeBytes) {
                open.setLength(sizeBytes);
            }
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(ProblemType.IMPOSSIBLE, Problem.quote(file) + " cannot be made " + sizeBytes + " bytes")
                            .withField("sizeBytes")
                            .withCause(String.valueOf(e.getMessage())),
                    e);
        }
    }

    private Future<Void> grownAs(DomainDisks disks, KeptDisk disk, OpenBacking backing, long size, long wanted) {
        if (size != wanted) {
            return Future.failedFuture(
                    Problem.invalidField("sizeBytes", wanted, size + ", which is what " + backing.path() + " has")
                            .withCause("a device has to be resized first by who made it, lvextend for example")
                            .toException());
        }
        disk.change(now -> now.withSize(size));
        return handshake.resized(disks.paths(disk), size);
    }
}
