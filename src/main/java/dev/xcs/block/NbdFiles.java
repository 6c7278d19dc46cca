package dev.xcs.block;

import dev.xcs.model.DeviceNumber;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is kept of the servers of network block devices, so that a later run finds them: {@code <minor>.pid} with the process and the
 * device's path, {@code <minor>.log} with what the server says, {@code <minor>.sock} for the server itself. All calls block.
 */
final class NbdFiles {
    /** NBD_MAJOR of linux/major.h. */
    private static final int MAJOR = 43;

    private static final String PID = ".pid";
    private static final int LOG_SHOWN_BYTES = 2000;
    private static final int LOG_MAX_BYTES = 1 << 18;

    private final Path directory;

    NbdFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * A device that a server was started for.
     *
     * @param pid 0 when the daemon ended before it knew
     */
    record Kept(DeviceNumber device, String path, long pid) {}

    Path log(DeviceNumber device) {
        return file(device, ".log");
    }

    Path socket(DeviceNumber device) {
        return file(device, ".sock");
    }

    private Path file(DeviceNumber device, String suffix) {
        return directory.resolve(device.minor() + suffix);
    }

    /** Makes place for a new server: an empty log, and a note that there will be one. */
    void prepare(DeviceNumber device, String path) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.write(log(device), new byte[0]);
        write(device, path, 0);
    }

    void write(DeviceNumber device, String path, long pid) throws IOException {
        Path next = file(device, ".new");
        Files.writeString(next, pid + "\n" + path + "\n");
        Files.move(next, file(device, PID), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    List<Kept> kept() throws IOException {
        List<Kept> found = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[0-9]*" + PID)) {
            for (Path file : files) {
                String name = Objects.toString(file.getFileName(), "");
                List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
                if (lines.size() == 2 && lines.get(0).matches("\\d{1,9}") && name.matches("\\d{1,9}\\.pid")) {
                    int minor = Integer.parseInt(name.substring(0, name.length() - PID.length()));
                    found.add(new Kept(new DeviceNumber(MAJOR, minor), lines.get(1), Long.parseLong(lines.get(0))));
                }
            }
        }
        return found;
    }

    void forget(DeviceNumber device) throws IOException {
        for (String suffix : List.of(PID, ".log", ".sock", ".new")) {
            Files.deleteIfExists(file(device, suffix));
        }
    }

    /** The last that the server said. */
    String said(DeviceNumber device) {
        try (RandomAccessFile log = new RandomAccessFile(log(device).toFile(), "r")) {
            long from = Math.max(0, log.length() - LOG_SHOWN_BYTES);
            log.seek(from);
            byte[] tail = new byte[(int) Math.min(LOG_SHOWN_BYTES, log.length() - from)];
            log.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Empties a log that has become too long; the server appends to it, and so goes on at its beginning. */
    void trim(DeviceNumber device) throws IOException {
        Path log = log(device);
        if (Files.exists(log) && Files.size(log) > LOG_MAX_BYTES) {
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }
}
