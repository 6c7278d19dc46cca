package dev.xcs.domain;

import dev.xcs.image.BootFile;
import dev.xcs.image.Ramdisk;
import dev.xcs.image.SeenImages;
import dev.xcs.image.UefiFirmware;
import dev.xcs.model.BootModules;
import dev.xcs.model.Compression;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files that guests are booted from: looked at on worker threads, before anything native sees them. */
final class BootImages {
    private static final String SIMULATED = "sim:";

    private final Vertx vertx;
    private final XenClient xen;
    private final Optional<Path> root;
    private final Set<String> own;
    private final SeenImages seen = new SeenImages();

    /**
     * @param root the only directory that they may be in, links followed; empty for no such limit
     * @param own those that the configuration names, wherever they are
     */
    BootImages(Vertx vertx, XenClient xen, Optional<Path> root, Set<String> own) {
        this.vertx = vertx;
        this.xen = xen;
        this.root = root;
        this.own = own;
    }

    /** All that a file says; a relative path is below the root. */
    Future<ImageReport> inspect(String path) {
        String whole = root.isPresent() && !path.startsWith(SIMULATED) ? below(root.get(), path) : path;
        return look("path", whole, () -> seen.inspect("path", whole)).onSuccess(image -> prepare(whole, image));
    }

    /** So that the first guest that boots from it need not wait until it is unpacked. */
    private void prepare(String path, ImageReport image) {
        boolean boots = Boolean.TRUE.equals(image.pv()) || Boolean.TRUE.equals(image.pvh());
        if (boots && !image.simulated() && image.compression() != Compression.NONE) {
            xen.prepare(path);
        }
    }

    /**
     * Refuses what cannot be booted. Where nobody has said what the guest's system is, its kernel decides that. A bzImage is Linux, and only its headers
     * are looked at: what is packed in it is unpacked when it is built, once.
     */
    Future<DomainSpec> decide(DomainSpec spec) {
        HvmSpec pc = spec.hvm();
        if (pc != null) {
            // It starts with firmware, which the configuration names.
            return pc.firmware() == FirmwareKind.UEFI
                    ? requireXen(xen.firmware(pc).toString()).map(spec)
                    : Future.succeededFuture(spec);
        }
        return look("kernel", spec.kernel(), () -> checked(spec))
                .map(image -> spec.guestOs() == GuestOs.UNKNOWN ? spec.withGuestOs(image.guestOs()) : spec)
                .map(BootImages::requireModules);
    }

    /** What is silent for ever is refused before there is a domain. The simulated host reads no firmware. */
    private Future<Void> requireXen(String firmware) {
        return xen.host()
                .compose(host -> host.simulated()
                        ? Future.succeededFuture()
                        : vertx.executeBlocking(
                                () -> {
                                    UefiFirmware.requireXen("firmware", seen.inspect("firmware", firmware));
                                    return null;
                                },
                                false))
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(configured(failure)));
    }

    /** Who asked for the domain has not named the file. */
    private static Throwable configured(Throwable failure) {
        Problem problem = ProblemException.of(failure);
        return problem.cause() != null
                ? failure
                : new ProblemException(problem.withCause("domain.hvm-uefi says which file it is"), failure);
    }

    /** What Xen has no room for is refused before there is a domain. */
    private static DomainSpec requireModules(DomainSpec decided) {
        BootModules.of(decided);
        return decided;
    }

    private interface Look {
        ImageReport at();
    }

    private Future<ImageReport> look(String field, String path, Look look) {
        if (!path.startsWith(SIMULATED)) {
            return vertx.executeBlocking(
                    () -> {
                        checkRoot(field, path);
                        return look.at();
                    },
                    false);
        }
        // On a real host there is no such kernel: then it is a path like any other, and refused as one.
        return xen.simulated(path)
                .recover(failure -> Future.failedFuture(atField(failure, field)))
                .compose(image -> image.isPresent()
                        ? Future.succeededFuture(image.get())
                        : vertx.executeBlocking(look::at, false));
    }

    private static ProblemException atField(Throwable failure, String field) {
        return new ProblemException(ProblemException.of(failure).atField(field), failure);
    }

    private ImageReport checked(DomainSpec spec) {
        List<String> ramdisks = spec.ramdisks();
        for (int i = 0; i < ramdisks.size(); i++) {
            checkRoot(ramdisks.size() == 1 ? "ramdisk" : "ramdisks[" + i + "]", ramdisks.get(i));
        }
        if (!ramdisks.isEmpty()) {
            Ramdisk.inspect(ramdisks, spec.memoryMib());
        }
        ImageReport headers = seen.glance("kernel", spec.kernel());
        if (headers.format() == ImageFormat.BZIMAGE) {
            return headers;
        }
        ImageReport image = seen.inspect("kernel", spec.kernel());
        boolean refused = image.format() == ImageFormat.ELF || image.format() == ImageFormat.UEFI;
        if (refused && Boolean.FALSE.equals(image.pv()) && Boolean.FALSE.equals(image.pvh())) {
            throw noKernelForXen(spec.kernel(), image);
        }
        return image;
    }

    private static RuntimeException noKernelForXen(String path, ImageReport image) {
        try (BootFile kernel = BootFile.open("kernel", path)) {
            if (image.format() == ImageFormat.UEFI) {
                return kernel.refuse("is " + image.product() + " and no kernel");
            }
            String name = image.product() == null ? "an ELF" : "an ELF (" + Problem.printable(image.product()) + ")";
            return kernel.refuse("is " + name + ", but not a kernel for Xen: it has neither Xen notes nor __xen_guest");
        }
    }

    private static String below(Path root, String path) {
        try {
            return root.resolve(path).normalize().toString();
        } catch (InvalidPathException e) {
            throw new ProblemException(Problem.invalidField("path", path, "the path of a file"), e);
        }
    }

    private void checkRoot(String field, String path) {
        if (root.isPresent() && !own.contains(path)) {
            checkInside(root.get(), field, path);
        }
    }

    private static void checkInside(Path root, String field, String path) {
        try {
            // Of what is outside nothing is told, not even whether it is there.
            if (!Path.of(path).normalize().startsWith(root)) {
                throw outside(root, field, path).toException();
            }
            Path real = Path.of(path).toRealPath();
            if (!real.startsWith(root.toRealPath())) {
                throw outside(root, field, path)
                        .withCause("it is a link to " + real)
                        .toException();
            }
        } catch (InvalidPathException e) {
            throw new ProblemException(Problem.invalidField(field, path, "the path of a file"), e);
        } catch (IOException e) {
            String detail = field + ": " + Problem.quote(path) + " cannot be found in " + root;
            throw new ProblemException(Problem.of(ProblemType.BAD_IMAGE, detail).withField(field), e);
        }
    }

    private static Problem outside(Path root, String field, String path) {
        return Problem.invalidField(field, path, "a file in " + root + " (domain.image-root)");
    }
}
