package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import dev.xcs.model.CachedKernel;
import dev.xcs.model.KernelCacheCounts;
import dev.xcs.model.KernelCacheView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
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
    private final CacheWriter writer;
    private final AtomicInteger generations = new AtomicInteger();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder damaged = new LongAdder();
    /** What all files took when they were last counted. */
    private volatile long bytes;

    /** Guarded by this. */
    private final Map<String, Entry> entries = new HashMap<>();

    private static final class Entry {
        private final Path file;
        /** Guarded by the cache. */
        private int leases;
        /** Guarded by the entry: what the file looked like when its sum was last right. */
        private @Nullable String checked;

        private long elfBytes;
        /** Of the file as it was last looked at, or made. */
        private int generation;

        Entry(Path file) {
            this.file = file;
        }
    }

    /** An ELF that stays where it is until this is closed. */
    final class Lease implements AutoCloseable {
        private final Entry entry;
        private final UnpackedKernel kernel;

        private Lease(Entry entry, UnpackedKernel kernel) {
            this.entry = entry;
            this.kernel = kernel;
        }

        UnpackedKernel kernel() {
            return kernel;
        }

        Path file() {
            return kernel.file();
        }

        /** Length of the ELF, from the file's beginning. */
        long elfBytes() {
            return kernel.bytes();
        }

        @Override
        public void close() {
            release(entry);
        }
    }

    /** @param maxBytes cap on all files together; a kernel larger than it is kept only while it is leased */
    private KernelCache(Path directory, long maxBytes, CacheWriter writer) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.writer = writer;
    }

    /** Opens the cache in a directory of its own, made with mode 0700 and freed of what a killed daemon left half-written. */
    static KernelCache open(Path directory, long maxBytes, CacheWriter writer) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        for (Path file : filesOf(directory, TEMPORARY_SUFFIX)) {
            Files.deleteIfExists(file);
        }
        KernelCache cache = new KernelCache(directory, maxBytes, writer);
        cache.trim();
        return cache;
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
                entry.elfBytes = make(entry.file, name, kernel);
                entry.generation = generations.incrementAndGet();
            } else {
                hits.increment();
            }
            Files.setLastModifiedTime(entry.file, FileTime.from(Instant.now()));
            entry.checked = stampOf(entry.file);
            return new Lease(entry, new UnpackedKernel(entry.file, entry.elfBytes, entry.generation));
        }
    }

    /** Looks whether the file is there and whole, and makes it otherwise. */
    private long make(Path file, String name, BootFile kernel) throws IOException {
        OptionalLong known = CacheFile.verify(file);
        if (known.isPresent()) {
            hits.increment();
            return known.getAsLong();
        }
        misses.increment();
        if (Files.exists(file)) {
            damaged.increment();
            LOG.warn("{} in the kernel cache is damaged or of an older xcsd; it is made anew", file);
        }
        return unpack(file, name, kernel);
    }

    private long unpack(Path file, String name, BootFile kernel) throws IOException {
        long started = System.nanoTime();
        Path temporary = Files.createTempFile(directory, "kernel", TEMPORARY_SUFFIX);
        try {
            Files.delete(temporary);
            // Opened anew: what the caller holds may be a file that another has replaced before the name was taken.
            try (BootFile named = BootFile.open("kernel", kernel.path().toString())) {
                writer.write(named, temporary);
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

    /** What is in it, the most recently used first. */
    synchronized KernelCacheView show() {
        List<CachedKernel> shown = new ArrayList<>();
        try {
            for (Path file : filesOf(directory, SUFFIX)) {
                Entry entry = entries.get(file.getFileName().toString());
                boolean inUse = entry != null && entry.leases > 0;
                Instant used = Files.getLastModifiedTime(file).toInstant();
                shown.add(new CachedKernel(keyOf(file), CacheFile.source(file), Files.size(file), used, inUse));
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        shown.sort(Comparator.comparing(CachedKernel::lastUsed).reversed());
        return new KernelCacheView(maxBytes, counts(), shown);
    }

    KernelCacheCounts counts() {
        return new KernelCacheCounts(bytes, hits.sum(), misses.sum(), damaged.sum());
    }

    /** Forgets one kernel, or all that nobody builds with; it is unpacked again when it is needed. */
    synchronized void forget(@Nullable String key) {
        try {
            for (Path file : filesOf(directory, SUFFIX)) {
                if (key == null || keyOf(file).equals(key)) {
                    boolean dropped = drop(file) > 0;
                    if (key != null) {
                        requireDropped(key, dropped);
                        trim();
                        return;
                    }
                }
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        if (key != null) {
            throw Problem.of(ProblemType.NOT_FOUND, "No kernel " + Problem.quote(key) + " is cached")
                    .toException();
        }
        trim();
    }

    private static void requireDropped(String key, boolean dropped) {
        if (!dropped) {
            throw Problem.of(ProblemType.CONFLICT, "The cached kernel " + key + " is being built with")
                    .asRetryable()
                    .toException();
        }
    }

    private ProblemException unusable(IOException e) {
        Problem problem = Problem.of(ProblemType.INTERNAL, "kernel cache " + directory + " cannot be used: " + e);
        return new ProblemException(problem, e);
    }

    private static String keyOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
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
                if (total > maxBytes) {
                    total -= drop(file);
                }
            }
            bytes = total;
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
