package dev.xcs.journal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records on disk: {@code <name>.json} in one directory, mode 0600, replaced atomically. All methods block; calls for different records may be
 * made at once, those for one record one after the other. Failures are {@link ProblemException}s of type INTERNAL that name the file.
 */
final class RecordDirectory<T> {
    private static final Logger LOG = LoggerFactory.getLogger(RecordDirectory.class);
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Class<T> type;
    private final ObjectMapper json;
    private final BiPredicate<String, T> complete;

    /**
     * @param directory made by the first call that needs it
     * @param complete whether what was read is whole and is what its name promises: JSON can leave out what records take for granted
     */
    RecordDirectory(Path directory, Class<T> type, ObjectMapper json, BiPredicate<String, T> complete) {
        this.directory = directory;
        this.type = type;
        this.json = json;
        this.complete = complete;
    }

    /** Every record that can be read; a file that cannot is set aside as {@code *.corrupt}. */
    List<T> load() {
        List<T> found = new ArrayList<>();
        try {
            prepare();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
                for (Path file : files) {
                    read(file).ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw failure("read", directory, e);
        }
        return found;
    }

    /** @param through whether it is to be safe also from the end of the host, and not only of this process */
    void save(String name, T value, boolean through) {
        Path file = file(name);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            prepare();
            write(fresh, json.writeValueAsBytes(value), through);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (through) {
                syncDirectory();
            }
        } catch (IOException e) {
            throw failure("write", file, e);
        }
    }

    /** Returns when it is off the disk; quietly does nothing when there is none. */
    void remove(String name) {
        Path file = file(name);
        try {
            if (Files.deleteIfExists(file)) {
                syncDirectory();
            }
        } catch (IOException e) {
            throw failure("remove", file, e);
        }
    }

    private Optional<T> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            LOG.info("{} was not yet on the disk when the host went down", file);
            Files.delete(file);
            return Optional.empty();
        }
        try {
            // A newer daemon may have written more than this one knows.
            T value = json.readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(bytes);
            String name = String.valueOf(file.getFileName());
            if (value != null && complete.test(name.substring(0, name.length() - SUFFIX.length()), value)) {
                return Optional.of(value);
            }
            setAside(file, "it does not hold what its name promises");
        } catch (JacksonException e) {
            setAside(file, e.getOriginalMessage());
        }
        return Optional.empty();
    }

    private static void setAside(Path file, String why) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".corrupt");
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        LOG.warn("{} cannot be read: {}; set aside as {}", file, why, aside.getFileName());
    }

    private void prepare() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private static void write(Path file, byte[] bytes, boolean through) throws IOException {
        // Left by a daemon that was killed while it wrote; its mode may be anything.
        Files.deleteIfExists(file);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel out = FileChannel.open(file, options, mode)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            if (through) {
                out.force(true);
            }
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private static ProblemException failure(String verb, Path path, IOException e) {
        Problem problem = Problem.of(ProblemType.INTERNAL, "Cannot " + verb + " " + path + ": " + e)
                .withCause("the state directory is not writable or its disk is full")
                .asRetryable();
        return new ProblemException(problem, e);
    }
}
