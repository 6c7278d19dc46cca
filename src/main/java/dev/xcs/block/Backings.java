package dev.xcs.block;

import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Extent;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes block devices of what is asked for, and gives them back. */
final class Backings {
    private static final Logger LOG = LoggerFactory.getLogger(Backings.class);

    /** What a back-end counts in (public/io/blkif.h); a size that is no multiple loses its end. */
    private static final int SECTOR = 512;

    /** What stands for a file: of Linux, and of NetBSD. */
    private static final Pattern LOOP = Pattern.compile("/dev/(loop\\d+|vnd\\d+[a-p])");

    private final DiskTable table;
    private final Guards guards;
    private final NativeDevices devices;
    private final Images images;
    private final ImageRoot root;
    private final Path nothing;

    /** @param nothing a file of no bytes, for drives without a medium */
    Backings(DiskTable table, Guards guards, NativeDevices devices, Images images, ImageRoot root, Path nothing) {
        this.nothing = nothing;
        this.table = table;
        this.guards = guards;
        this.devices = devices;
        this.images = images;
        this.root = root;
    }

    /**
     * A device for the disk, claimed for {@code owner}.
     *
     * @param holder who has it from now on, in words
     * @param owner by which the claim is given up, see {@link #close}
     */
    Future<OpenBacking> open(DiskSpec spec, String holder, Object owner) {
        String target = Objects.requireNonNull(spec.target(), "an empty drive has no backing");
        // Composed, so that whatever is thrown becomes a failure.
        return Future.succeededFuture(target)
                .map(root::resolve)
                .compose(devices::examine)
                .recover(failure -> Future.failedFuture(naming(spec, failure)))
                .compose(backing -> open(spec, backing, holder, owner));
    }

    /**
     * A device without bytes for a drive without a medium. With no device at all the drive would not connect, and Linux waits five minutes
     * at boot for disks that do not (wait_for_devices of xenbus_probe_frontend.c).
     */
    Future<OpenBacking> empty() {
        return devices.examine(nothing.toString())
                .compose(backing -> devices.attachLoop(backing.path(), true)
                        .map(loop -> new OpenBacking(
                                OpenBacking.Kind.LOOP, backing, loop.path(), loop.number(), 0, List.of(), true)));
    }

    private Future<OpenBacking> open(DiskSpec spec, Backing backing, String holder, Object owner) {
        checkKind(spec, backing);
        return facts(spec, backing).compose(facts -> {
            checkSize(spec, backing, facts.sizeBytes());
            return below(backing, facts)
                    .compose(below -> guards.strangers().compose(strangers -> {
                        guards.take(spec, backing, claims(spec, backing, below, holder), strangers, owner);
                        return device(spec, backing, facts)
                                .onSuccess(opened -> table.own(opened.path(), owner))
                                .onFailure(failure -> table.disclaim(owner));
                    }));
        });
    }

    /** Only the image itself is written; what it is based on may be read by many. */
    private static List<Claim> claims(DiskSpec spec, Backing backing, List<Extent> below, String holder) {
        return List.of(
                new Claim(holder, backing.extents(), spec.access() == DiskAccess.RW), new Claim(holder, below, false));
    }

    /**
     * A device that an earlier run of the daemon made, claimed for {@code owner} again. Fails only if nothing can be told of it.
     *
     * @param device as it is named in xenstore
     */
    Future<OpenBacking> reopen(DiskSpec spec, Backing device, String holder, Object owner) {
        DeviceNumber number = OpenBacking.numberOf(device);
        boolean served = images.serves(number);
        boolean loop = !served && LOOP.matcher(device.path()).matches();
        OpenBacking.Kind kind = served ? OpenBacking.Kind.NBD : loop ? OpenBacking.Kind.LOOP : OpenBacking.Kind.DEVICE;
        return source(spec, device, kind).compose(source -> {
            List<Extent> extents = new ArrayList<>(device.extents());
            extents.addAll(source.extents());
            table.claim(owner, new Claim(holder, extents, spec.access() == DiskAccess.RW));
            table.own(device.path(), owner);
            return (served ? facts(spec, source).compose(facts -> below(source, facts)) : nothingBelow())
                    .otherwise(List.of())
                    .map(below -> {
                        table.claim(owner, new Claim(holder, below, false));
                        return new OpenBacking(kind, source, device.path(), number, device.sizeBytes(), extents, loop);
                    });
        });
    }

    private static Future<List<Extent>> nothingBelow() {
        return Future.succeededFuture(List.of());
    }

    /** The file that a device stands for; the device itself where that cannot be found any more. */
    private Future<Backing> source(DiskSpec spec, Backing device, OpenBacking.Kind kind) {
        String target = spec.target();
        return kind == OpenBacking.Kind.DEVICE || target == null
                ? Future.succeededFuture(device)
                : Future.succeededFuture(target)
                        .map(root::resolve)
                        .compose(devices::examine)
                        .otherwise(device);
    }

    private void checkKind(DiskSpec spec, Backing backing) {
        boolean usable = backing.kind() == Backing.Kind.FILE || backing.kind() == Backing.Kind.BLOCK_DEVICE;
        if (!usable) {
            throw refused(spec, "a file or a block device")
                    .withCause("it is " + backing.kind().words())
                    .toException();
        }
        if (backing.kind() == Backing.Kind.FILE) {
            root.check(String.valueOf(spec.target()), backing.path());
        }
        if (backing.readOnly() && spec.access() == DiskAccess.RW) {
            throw refused(spec, "one that can be written, or access ro").toException();
        }
    }

    private Future<Images.Facts> facts(DiskSpec spec, Backing backing) {
        if (spec.format() == DiskFormat.RAW) {
            return Future.succeededFuture(new Images.Facts(backing.sizeBytes(), List.of(backing.path())));
        }
        return images.inspect(spec, backing, file -> root.check(String.valueOf(spec.target()), file.toString()));
    }

    private static void checkSize(DiskSpec spec, Backing backing, long sizeBytes) {
        if (sizeBytes <= 0) {
            throw refused(spec, "one that is not empty")
                    .withCause("its size is 0 bytes")
                    .toException();
        }
        int unit = Math.max(SECTOR, backing.sectorBytes());
        if (sizeBytes % unit != 0) {
            throw refused(spec, "a size that is a multiple of " + unit + " bytes")
                    .withCause("its size is " + sizeBytes + " bytes")
                    .toException();
        }
    }

    /** An image that is based on others reads them as long as it is used. */
    private Future<List<Extent>> below(Backing backing, Images.Facts facts) {
        List<Future<Backing>> below = facts.files().stream()
                .filter(file -> !file.equals(backing.path()))
                .map(devices::examine)
                .toList();
        return Future.all(below)
                .map(done -> below.stream()
                        .flatMap(file -> file.result().extents().stream())
                        .toList());
    }

    private Future<OpenBacking> device(DiskSpec spec, Backing backing, Images.Facts facts) {
        if (spec.format() != DiskFormat.RAW) {
            return images.serve(spec, backing, facts);
        }
        if (backing.kind() == Backing.Kind.BLOCK_DEVICE) {
            return Future.succeededFuture(new OpenBacking(
                    OpenBacking.Kind.DEVICE,
                    backing,
                    backing.path(),
                    OpenBacking.numberOf(backing),
                    backing.sizeBytes(),
                    backing.extents(),
                    false));
        }
        return devices.attachLoop(backing.path(), spec.access() == DiskAccess.RO)
                .compose(loop -> sameSize(spec, loop, backing.sizeBytes()))
                .map(loop -> new OpenBacking(
                        OpenBacking.Kind.LOOP,
                        backing,
                        loop.path(),
                        loop.number(),
                        loop.sizeBytes(),
                        backing.extents(),
                        true));
    }

    /** What the guest gets is what was looked at: a file that shrank meanwhile is not silently a smaller disk. */
    private Future<AttachedDevice> sameSize(DiskSpec spec, AttachedDevice loop, long expected) {
        if (loop.sizeBytes() == expected) {
            return Future.succeededFuture(loop);
        }
        return devices.release(loop.number())
                .transform(any -> Future.failedFuture(refused(spec, "a file whose size stays as it is")
                        .withCause("it was " + expected + " bytes, its loop device has " + loop.sizeBytes())
                        .asRetryable()
                        .toException()));
    }

    /** A loop device goes away when its last user does, a server is stopped; only then somebody else may have the bytes. */
    Future<Void> close(OpenBacking backing, Object owner) {
        return letGo(backing)
                .onComplete(any -> {
                    table.disclaim(owner);
                    table.disown(backing.path(), owner);
                })
                .recover(failure -> {
                    LOG.warn("{} was not given back: {}", backing.path(), failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private Future<Void> letGo(OpenBacking backing) {
        return switch (backing.kind()) {
            case DEVICE -> Future.succeededFuture();
            case LOOP -> backing.held() ? devices.release(backing.number()) : Future.succeededFuture();
            case NBD -> images.stop(backing);
        };
    }

    /** From now on a loop device lives as long as the back-end has it; once only. */
    Future<Void> settle(OpenBacking backing) {
        return devices.release(backing.number());
    }

    private static Problem refused(DiskSpec spec, String expected) {
        return Problem.invalidField("target", spec.target(), expected);
    }

    private static Throwable naming(DiskSpec spec, Throwable failure) {
        Problem problem = ProblemException.of(failure);
        if (problem.type() != ProblemType.INVALID_FIELD) {
            return failure;
        }
        String shown = Problem.quote(spec.target());
        String detail = problem.detail();
        String said =
                detail.startsWith("\"") ? detail.substring(detail.lastIndexOf("\", expected ") + 1) : ": " + detail;
        Problem named = Problem.of(problem.type(), "target: " + shown + said).withField("target");
        return new ProblemException(problem.cause() == null ? named : named.withCause(problem.cause()), failure);
    }
}
