package dev.xcs.block;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskSpec;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Disk images that are not raw: looked at and served by QEMU's tools. */
interface Images {
    /**
     * What an image says of itself.
     *
     * @param files every file that its bytes may come from, by real path, the image itself first
     */
    record Facts(long sizeBytes, List<String> files) {
        public Facts {
            files = List.copyOf(files);
        }
    }

    /** @param admit gets the real path of every file, before it is read any further; may refuse one by a problem; on any thread */
    Future<Facts> inspect(DiskSpec spec, Backing file, Consumer<Path> admit);

    /** Serves it as a block device until {@link #stop}. */
    Future<OpenBacking> serve(DiskSpec spec, Backing file, Facts facts);

    /** Quietly does nothing where the device serves something else by now. */
    Future<Void> stop(OpenBacking backing);

    /** Whether a server of ours, also of an earlier run, serves this device. */
    boolean serves(DeviceNumber device);

    /** Takes up the servers of an earlier run, and stops those whose devices nobody uses. */
    Future<Void> takeUp(Set<DeviceNumber> used);

    /** What it holds itself; servers run on. */
    void close();
}
