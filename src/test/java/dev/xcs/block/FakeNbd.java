package dev.xcs.block;

import dev.xcs.model.AttachedDevice;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskFormat;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** A command that behaves like qemu-nbd towards whoever starts it; the image's text says how. */
final class FakeNbd {
    private static final String SCRIPT = """
            #!/bin/sh
            for image; do :; done
            printf '%s\\0' "$@" > "$image.args"
            serve() { : > "$image.ready"; while :; do sleep 0.05; done; }
            case $(cat "$image") in
              serve) trap 'echo flushed; rm "$image.ready"; exit 0' TERM; serve ;;
              stubborn) trap '' TERM; serve ;;
              slow) while :; do sleep 0.05; done ;;
              broken) echo "qemu-nbd: Failed to blk_new_open '$image': Image is corrupt" >&2; exit 1 ;;
              tmpfs)
                case "$*" in
                  *cache=none*) echo "Could not open '$image': filesystem does not support O_DIRECT"; exit 1 ;;
                  *) trap 'exit 0' TERM; serve ;;
                esac ;;
            esac
            """;

    final Path command;
    private final Path directory;

    FakeNbd(Path directory) throws IOException {
        this.directory = directory;
        this.command = directory.resolve("qemu-nbd");
        Files.writeString(command, SCRIPT);
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    }

    NbdImage image(String name, String behaviour) throws IOException {
        return new NbdImage(Files.writeString(directory.resolve(name), behaviour), DiskFormat.VHD, false, true);
    }

    static AttachedDevice device(int index) {
        return new AttachedDevice("/dev/nbd" + index, new DeviceNumber(43, index * 32), 0, false);
    }

    /** Has a size once the server has said that it is ready. */
    static Future<Optional<AttachedDevice>> state(NbdImage image, AttachedDevice device) {
        long size = Files.exists(Path.of(image.file() + ".ready")) ? 4096 : 0;
        return Future.succeededFuture(Optional.of(new AttachedDevice(device.path(), device.number(), size, false)));
    }

    static List<String> arguments(NbdImage image) throws IOException {
        return List.of(Files.readString(Path.of(image.file() + ".args")).split("\0"));
    }
}
