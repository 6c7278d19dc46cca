package dev.xcs.block;

import dev.xcs.model.DiskFormat;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what an image holds and which files it is made of. The chain is walked file by file, so that each one is admitted before
 * anything opens it: an image may name any file, or a server somewhere, as what it is based on.
 */
final class ImageReader {
    private static final int MAX_CHAIN = 32;
    /** What may be below an image; the other drivers of QEMU reach out of the file system. */
    private static final Set<String> FORMATS = Set.of("raw", "qcow2", "qcow", "vpc", "vmdk", "vdi", "vhdx", "qed");

    private final Vertx vertx;
    private final QemuImg qemu;

    /**
     * @param command where qemu-img is
     * @param deadline for each file of a chain
     */
    ImageReader(Vertx vertx, Path command, Duration deadline) {
        this.vertx = vertx;
        this.qemu = new QemuImg(vertx, command, deadline);
    }

    /** What QEMU calls a format. */
    static String nameOf(DiskFormat format) {
        return format == DiskFormat.VHD ? "vpc" : format.json();
    }

    /**
     * @param image absolute
     * @param admit gets every file's real path, the image's first; refuses one by a {@link ProblemException}, on a worker thread
     * @return fails with IMPOSSIBLE when this is no such image, with what qemu-img says; with TIMEOUT when it took too long
     */
    Future<ImageInfo> read(Path image, DiskFormat format, Consumer<Path> admit) {
        return vertx.executeBlocking(() -> new Walk(admit).from(image, nameOf(format)), false);
    }

    private record Base(String name, @Nullable String format) {}

    private final class Walk {
        private final Consumer<Path> admit;
        private final Set<Path> files = new LinkedHashSet<>();

        Walk(Consumer<Path> admit) {
            this.admit = admit;
        }

        ImageInfo from(Path image, String format) {
            JsonObject top = open(image, image.toString(), format);
            JsonObject now = top;
            for (Base base = base(image, now); base != null; base = base(image, now)) {
                int before = files.size();
                now = open(image, base.name(), base.format());
                if (files.size() == before || before > MAX_CHAIN) {
                    throw refuse(image, "it is based on itself, or on more than " + MAX_CHAIN + " others");
                }
            }
            Long size = top.getLong("virtual-size");
            if (size == null) {
                throw refuse(image, "its size is not known");
            }
            return new ImageInfo(size, top.getString("format", format), List.copyOf(files));
        }

        private JsonObject open(Path image, String name, @Nullable String format) {
            if (format != null && !FORMATS.contains(format)) {
                throw refuse(image, "it is based on something of the format " + Problem.quote(format));
            }
            Path file = admitted(image, name);
            // By its name and not its real path, for QEMU looks for what it is based on beside the link.
            JsonObject info = qemu.info(Path.of(name), format);
            if ("qcow2".equals(info.getString("format")) && cutShort(image, file)) {
                throw refuse(image, Problem.quote(file.toString()) + " is cut short");
            }
            parts(info).forEach(part -> admitted(image, part));
            return info;
        }

        private boolean cutShort(Path image, Path file) {
            try {
                return Qcow2Tables.cutShort(file);
            } catch (IOException e) {
                throw new ProblemException(
                        refuse(image, "it cannot be read: " + e).problem(), e);
            }
        }

        private Path admitted(Path image, String name) {
            if (!name.startsWith("/")) {
                throw refuse(image, "it is made of " + Problem.quote(name) + ", which is no file");
            }
            try {
                Path file = Path.of(name).toRealPath();
                admit.accept(file);
                files.add(file);
                return file;
            } catch (IOException e) {
                throw new ProblemException(
                        refuse(image, Problem.quote(name) + " cannot be found: " + e)
                                .problem(),
                        e);
            }
        }
    }

    private static @Nullable Base base(Path image, JsonObject info) {
        String given = info.getString("backing-filename");
        if (given == null) {
            return null;
        }
        String full = info.getString("full-backing-filename");
        if (full == null) {
            throw refuse(image, "nobody knows where " + Problem.quote(given) + " is, on which it is based");
        }
        return new Base(full, info.getString("backing-filename-format"));
    }

    /** The files beside an image that belong to it: extents of a vmdk, the data file of a qcow2. */
    private static Set<String> parts(JsonObject info) {
        Set<String> found = new LinkedHashSet<>();
        JsonObject data =
                info.getJsonObject("format-specific", new JsonObject()).getJsonObject("data");
        if (data != null) {
            for (Object extent : data.getJsonArray("extents", new JsonArray())) {
                add(extent instanceof JsonObject described ? described.getString("filename") : null, found);
            }
            add(data.getString("data-file"), found);
        }
        return found;
    }

    private static void add(@Nullable String name, Set<String> to) {
        if (name != null) {
            to.add(name);
        }
    }

    private static ProblemException refuse(Path image, String why) {
        return Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "The image " + Problem.quote(image.toString()) + " cannot be used: " + why)
                .withField("target")
                .withCall("qemu-img info", image.toString())
                .toException();
    }
}
