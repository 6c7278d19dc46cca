package dev.xcs.block;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

/** Serves no images, and notes which servers of an earlier run it was told to keep. */
final class NoImages implements Images {
    private final Set<DeviceNumber> kept;

    /** @param kept is replaced by each {@link #takeUp} */
    NoImages(Set<DeviceNumber> kept) {
        this.kept = kept;
    }

    @Override
    public Future<Facts> inspect(DiskSpec spec, Backing file, Consumer<Path> admit) {
        return refuse(spec);
    }

    @Override
    public Future<OpenBacking> serve(DiskSpec spec, Backing file, Facts facts) {
        return refuse(spec);
    }

    private static <T> Future<T> refuse(DiskSpec spec) {
        return Future.failedFuture(Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "format: " + Problem.quote(spec.format().json()) + " cannot be used on this host, expected raw")
                .withField("format")
                .toException());
    }

    @Override
    public Future<Void> stop(OpenBacking backing) {
        return Future.succeededFuture();
    }

    @Override
    public boolean serves(DeviceNumber device) {
        return false;
    }

    @Override
    public Future<Void> takeUp(Set<DeviceNumber> used) {
        kept.clear();
        kept.addAll(used);
        return Future.succeededFuture();
    }

    @Override
    public void close() {}
}
