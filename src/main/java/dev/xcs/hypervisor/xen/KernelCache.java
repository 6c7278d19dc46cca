package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decompressed kernels on disk, so that a kernel is decompressed once and not for every guest. A kernel is known by its device,
 * inode, size and times of change ({@link FileIdentity}); builds of one kernel at the same time share one decompression. Beyond the cap the least recently
 * used kernels are dropped, but never one that is leased. Safe for any thread.
 */
final class KernelCache {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
    private static final String SUFFIX = ".elf";
    private static final String TEMPORARY_SUFFIX = ".tmp";

    private final Path directory;
    private final long maxBytes;
    private final KernelUnpacker unpacker;
    /** Guarded by this. */
    private final Map<String, Entry> entries = new HashMap<>();

    private static final class Entry {
        private final Path file;
        /** Guarded by the cache. */
        private int leases;
        /** Guarded by the entry: what the file looked like when its sum was last right. */
        private @Nullable String checked;

        private long elfBytes;
        /** How often the file was looked at anew, or made. */
        private int generation;

        Entry(Path file) {
            this.file = file;
        }
    }

    /** An ELF that stays where it is until this is closed. */
    final class Lease implements AutoCloseable {
        private final Entry entry;
        private final long elfBytes;
        private final int generation;

        private Lease(Entry entry, long elfBytes, int generation) {
            this.entry = entry;
            this.elfBytes = elfBytes;
            this.generation = generation;
        }

        /** Whether both are of one file, and not of one that has been replaced in between. */
        boolean sameAs(Lease other) {
            return entry == other.entry && generation == other.generation;
        }

        Path file() {
            return entry.file;
        }

        /** Length of the ELF, from the file's beginning. */
        long elfBytes() {
            return elfBytes;
        }

        @Override
        public void close() {
            release(entry);
        }
    }

    /** @param maxBytes cap on all files together; a kernel larger than it is kept only while it is leased */
    private KernelCache(Path directory, long maxBytes, KernelUnpacker unpacker) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.unpacker = unpacker;
    }

    /** Opens the cache in a directory of its own, made with mode 0700 and freed of what a killed daemon left half-written. */
    static KernelCache open(Path directory, long maxBytes, KernelUnpacker unpacker) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (Path file : filesOf(directory, TEMPORARY_SUFFIX)) {
            Files.deleteIfExists(file);
        }
        return new KernelCache(directory, maxBytes, unpacker);
    }

    /**
     * The ELF of a compressed kernel; nothing when the cache cannot be written or read, which is logged and is no reason not to
     * build.
     */
    Optional<Lease> lease(BootFile kernel) {
        try {
            String name = nameOf(kernel.path());
            Entry entry = hold(name);
            boolean leased = false;
            try {
                Lease lease = ready(entry, name, kernel);
                leased = true;
                trim();
                return Optional.of(lease);
            } finally {
                if (!leased) {
                    release(entry);
                }
            }
        } catch (IOException e) {
            LOG.warn("kernel cache {} cannot be used for {}: {}", directory, kernel.path(), e.toString());
            return Optional.empty();
        }
    }

    private Lease ready(Entry entry, String name, BootFile kernel) throws IOException {
        synchronized (entry) {
            if (entry.checked == null || !entry.checked.equals(stampOf(entry.file))) {
                OptionalLong known = CacheFile.verify(entry.file);
                entry.elfBytes = known.isPresent() ? known.getAsLong() : unpack(entry.file, name, kernel);
                entry.generation++;
            }
            Files.setLastModifiedTime(entry.file, FileTime.from(Instant.now()));
            entry.checked = stampOf(entry.file);
            return new Lease(entry, entry.elfBytes, entry.generation);
        }
    }

    private long unpack(Path file, String name, BootFile kernel) throws IOException {
        long started = System.nanoTime();
        Path temporary = Files.createTempFile(directory, "kernel", TEMPORARY_SUFFIX);
        try {
            Files.delete(temporary);
            // Opened anew: what the caller holds may be a file that another has replaced before the name was taken.
            try (BootFile named = BootFile.open("kernel", kernel.path().toString())) {
                CacheFile.write(temporary, channel -> unpacker.unpack(named, channel));
            }
            requireUnchanged(kernel, name);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        long elfBytes = Files.size(file) - CacheFile.TRAILER_BYTES;
        LOG.info(
                "decompressed {} into {} bytes in {} ms",
                kernel.path(),
                elfBytes,
                (System.nanoTime() - started) / 1_000_000);
        return elfBytes;
    }

    private static void requireUnchanged(BootFile kernel, String name) throws IOException {
        if (!nameOf(kernel.path()).equals(name)) {
            throw Problem.of(ProblemType.CONFLICT, "kernel: " + kernel.path() + " was replaced while it was read")
                    .withField("kernel")
                    .withStep("image")
                    .asRetryable()
                    .toException();
        }
    }

    private synchronized Entry hold(String name) {
        Entry entry = entries.computeIfAbsent(name, n -> new Entry(directory.resolve(n)));
        entry.leases++;
        return entry;
    }

    private void release(Entry entry) {
        synchronized (this) {
            entry.leases--;
            // One that was never unpacked has no file that trim could drop it with.
            if (entry.leases == 0 && !Files.exists(entry.file)) {
                entries.remove(entry.file.getFileName().toString(), entry);
            }
        }
        trim();
    }

    /** How many kernels are kept in mind. */
    synchronized int size() {
        return entries.size();
    }

    /** Drops the least recently used files that nobody leases until the rest is within the cap. */
    private synchronized void trim() {
        try {
            List<Path> files = new ArrayList<>(filesOf(directory, SUFFIX));
            long total = 0;
            Map<Path, FileTime> used = new HashMap<>();
            for (Path file : files) {
                total += Files.size(file);
                used.put(file, Files.getLastModifiedTime(file));
            }
            files.sort(Comparator.comparing(used::get));
            for (Path file : files) {
                if (total <= maxBytes) {
                    return;
                }
                total -= drop(file);
            }
        } catch (IOException e) {
            LOG.warn("kernel cache {} cannot be trimmed: {}", directory, e.toString());
        }
    }

    private long drop(Path file) throws IOException {
        String name = file.getFileName().toString();
        Entry entry = entries.get(name);
        if (entry != null && entry.leases > 0) {
            return 0;
        }
        entries.remove(name);
        long size = Files.size(file);
        Files.delete(file);
        LOG.debug("dropped {} from the kernel cache", file);
        return size;
    }

    private static String nameOf(Path kernel) throws IOException {
        return FileIdentity.of(kernel) + SUFFIX;
    }

    private static String stampOf(Path file) throws IOException {
        try {
            return FileIdentity.of(file);
        } catch (NoSuchFileException e) {
            return "gone";
        }
    }

    private static List<Path> filesOf(Path directory, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        }
    }
}
