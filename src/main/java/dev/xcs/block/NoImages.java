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

/** Where only raw images can be used. */
final class NoImages implements Images {
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
                .withField("disks")
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
        return Future.succeededFuture();
    }

    @Override
    public void close() {}
}
