package dev.xcs.block;

import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskSpec;
import io.vertx.core.Future;
import java.util.List;

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

    Future<Facts> inspect(DiskSpec spec, Backing file);

    /** Serves it as a block device until {@link #stop}. */
    Future<OpenBacking> serve(DiskSpec spec, Backing file, Facts facts);

    Future<Void> stop(DeviceNumber device);

    /** Whether a server of ours, also of an earlier run, serves this device. */
    Future<Boolean> adopt(DeviceNumber device);
}
