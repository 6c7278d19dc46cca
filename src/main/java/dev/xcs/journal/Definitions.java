package dev.xcs.journal;

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
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definitions of all managed domains: {@code domains/<uuid>.json} in the state directory, mode 0600, replaced atomically. All
 * methods block; calls for different domains may be made at once, those for one domain one after the other. Failures are
 * {@link ProblemException}s of type INTERNAL that name the file.
 */
public final class Definitions {
    private static final Logger LOG = LoggerFactory.getLogger(Definitions.class);
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final ObjectMapper json;

    /** @param stateDir made, with the directory in it, by the first call that needs it */
    public Definitions(Path stateDir, ObjectMapper json) {
        this.directory = stateDir.resolve("domains");
        this.json = json;
    }

    /** Every definition that can be read; a file that cannot is set aside as {@code *.corrupt}. */
    public List<Definition> load() {
        List<Definition> found = new ArrayList<>();
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

    /**
     * Returns when the definition is safe from the end of this process; one of a domain without a running boot also from the end of the
     * host. The host's end takes running guests with it, and what is left of their definitions is dropped at the next start: that need not
     * wait for the disk.
     */
    public void save(Definition definition) {
        Path file = file(definition.uuid());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        boolean outlivesTheHost = definition.outlivesTheHost();
        try {
            prepare();
            write(fresh, json.writeValueAsBytes(definition), outlivesTheHost);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (outlivesTheHost) {
                syncDirectory();
            }
        } catch (IOException e) {
            throw failure("write", file, e);
        }
    }

    /** Returns when the definition is off the disk; quietly does nothing when there is none. */
    public void remove(UUID uuid) {
        Path file = file(uuid);
        try {
            if (Files.deleteIfExists(file)) {
                syncDirectory();
            }
        } catch (IOException e) {
            throw failure("remove", file, e);
        }
    }

    private Optional<Definition> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            LOG.info("{} was not yet on the disk when the host went down; its domain went with it", file);
            Files.delete(file);
            return Optional.empty();
        }
        try {
            // A newer daemon may have written more than this one knows.
            Definition definition = json.readerFor(Definition.class)
                    .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(bytes);
            if (complete(definition) && file(definition.uuid()).equals(file)) {
                return Optional.of(definition);
            }
            setAside(file, "it does not hold the definition that its name promises");
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            setAside(file, e.getOriginalMessage());
        }
        return Optional.empty();
    }

    /** JSON can leave out what the records take for granted. */
    private static boolean complete(Definition definition) {
        return definition != null
                && definition.phase() != null
                && definition.spec() != null
                && definition.uuid() != null
                && definition.spec().name() != null
                && definition.spec().type() != null
                && definition.spec().kernel() != null
                && definition.spec().onPoweroff() != null
                && definition.spec().onReboot() != null
                && definition.spec().onCrash() != null;
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

    private Path file(UUID uuid) {
        return directory.resolve(uuid + SUFFIX);
    }

    private static ProblemException failure(String verb, Path path, IOException e) {
        Problem problem = Problem.of(ProblemType.INTERNAL, "Cannot " + verb + " " + path + ": " + e)
                .withCause("the state directory is not writable or its disk is full")
                .asRetryable();
        return new ProblemException(problem, e);
    }
}
