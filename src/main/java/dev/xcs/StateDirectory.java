package dev.xcs;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of one daemon's state, locked for as long as the daemon runs; the kernel drops the lock even after kill -9. */
final class StateDirectory implements AutoCloseable {
    private static final String LOCK_FILE = "xcsd.lock";
    private static final int PID_DIGITS = 20;
    private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);

    private final Path path;
    private final FileLock lock;

    private StateDirectory(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the directory if it is missing (mode 0700) and takes it; refuses one that another daemon has. */
    static StateDirectory open(Path path) {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            refuseIfOthersCanWrite(path);
            return new StateDirectory(path, take(path, path.resolve(LOCK_FILE)));
        } catch (IOException | UnsupportedOperationException e) {
            throw new ProblemException(unusable(path, e), e);
        }
    }

    private static void refuseIfOthersCanWrite(Path path) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
        if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw Problem.invalidField("state-dir", path.toString(), "a directory that only its owner can write to")
                    .withCause("its mode is " + PosixFilePermissions.toString(mode) + ": chmod 0700 " + path)
                    .toException();
        }
    }

    private static FileLock take(Path path, Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        FileLock lock = tryLock(channel);
        if (lock == null) {
            throw taken(path, pidIn(channel)).toException();
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        return lock;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException takenByThisProcess) {
            // The channel stays open on purpose: closing it would drop the lock that this process has.
            return null;
        }
    }

    private static Optional<Long> pidIn(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PID_DIGITS);
        channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return Optional.of(text).filter(t -> t.matches("[0-9]{1,18}")).map(Long::valueOf);
    }

    private static Problem taken(Path path, Optional<Long> pid) {
        String holder = pid.map(StateDirectory::named).orElse("another process");
        return Problem.of(ProblemType.CONFLICT, "state-dir: \"" + path + "\" is in use by " + holder)
                .withField("state-dir")
                .withCause("one daemon at a time: stop that one, or give this one another --state-dir");
    }

    private static String named(long pid) {
        String command = ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .map(name -> " (" + name + ")")
                .orElse("");
        return "process " + pid + command;
    }

    private static Problem unusable(Path path, Exception why) {
        return Problem.of(ProblemType.UNAVAILABLE, "state-dir: \"" + path + "\" cannot be used: " + why)
                .withField("state-dir")
                .withCause("it has to be a directory that this user can write to; choose one by --state-dir");
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            LOG.warn("The lock of {} could not be given back: {}", path, e.toString());
        }
    }
}
