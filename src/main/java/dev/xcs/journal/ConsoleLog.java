package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The histories of all consoles: {@code consoles/<uuid>} in the state directory. Each may take so much, all together so much, and before
 * the disk is full nothing more is kept until there is room again.
 */
public final class ConsoleLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLog.class);
    private static final long LOOK_EVERY_BYTES = 1 << 20;
    private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Path HOST_BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * @param perDomainBytes what is kept of one domain; 0 keeps nothing
     * @param totalBytes of all together
     * @param minFreeBytes nothing is kept while the disk has less
     */
    public record Limits(long perDomainBytes, long totalBytes, long minFreeBytes) {
        private static final long SMALLEST_SEGMENT = 4096;
        private static final long LARGEST_SEGMENT = 8 << 20;

        /** Whole files are dropped, so that a history is up to an eighth shorter than allowed. */
        long segmentBytes() {
            return Math.max(SMALLEST_SEGMENT, Math.min(LARGEST_SEGMENT, perDomainBytes / 8));
        }
    }

    private final Path directory;
    private final Limits limits;
    private final ObjectMapper json;
    private final String hostBoot;
    private final Map<UUID, ConsoleHistory> histories = new ConcurrentHashMap<>();
    private final AtomicLong total = new AtomicLong();
    private long sinceLook;
    private long lookedNanos;
    private volatile boolean suspended;

    private ConsoleLog(Path directory, Limits limits, ObjectMapper json, String hostBoot) {
        this.directory = directory;
        this.limits = limits;
        this.json = json;
        this.hostBoot = hostBoot;
        // Looked at by the first who wants to write.
        this.lookedNanos = System.nanoTime() - LOOK_EVERY_NANOS;
    }

    /** Takes up what is in a directory, made with mode 0700 when it is not there. */
    public static ConsoleLog open(Path directory, Limits limits, ObjectMapper json) throws IOException {
        ConsoleLog log = new ConsoleLog(directory, limits, json, bootOfHost());
        log.load();
        return log;
    }

    /** Counts and keeps nothing. */
    public static ConsoleLog forgetful() {
        return new ConsoleLog(Path.of(""), new Limits(0, 0, 0), new ObjectMapper(), "");
    }

    static ConsoleLog open(Path directory, Limits limits, ObjectMapper json, String hostBoot) throws IOException {
        ConsoleLog log = new ConsoleLog(directory, limits, json, hostBoot);
        log.load();
        return log;
    }

    private static String bootOfHost() throws IOException {
        return Files.exists(HOST_BOOT) ? Files.readString(HOST_BOOT).strip() : "";
    }

    private void load() throws IOException {
        prepare(directory);
        try (Stream<Path> found = Files.list(directory)) {
            for (Path each : found.filter(Files::isDirectory).toList()) {
                Optional<UUID> uuid = uuid(each.getFileName().toString());
                if (uuid.isPresent()) {
                    history(uuid.get()).load();
                }
            }
        }
        shrink();
    }

    private static Optional<UUID> uuid(String name) {
        try {
            UUID uuid = UUID.fromString(name);
            return uuid.toString().equals(name) ? Optional.of(uuid) : Optional.empty();
        } catch (IllegalArgumentException foreign) {
            return Optional.empty();
        }
    }

    static void prepare(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** That of a domain, a new one if there is none. */
    public ConsoleHistory history(UUID domain) {
        return histories.computeIfAbsent(
                domain, uuid -> new ConsoleHistory(directory.resolve(uuid.toString()), this, json));
    }

    public Optional<ConsoleHistory> find(UUID domain) {
        return Optional.ofNullable(histories.get(domain));
    }

    /** The domains of which there is a history. */
    public Set<UUID> domains() {
        return Set.copyOf(histories.keySet());
    }

    /** Removes a domain's history from the disk. Blocks. */
    public void drop(UUID domain) {
        ConsoleHistory history = histories.remove(domain);
        if (history != null) {
            history.drop();
        }
    }

    Limits limits() {
        return limits;
    }

    String hostBoot() {
        return hostBoot;
    }

    boolean keeps() {
        return limits.perDomainBytes() > 0;
    }

    /** Whether nothing is kept for now, because the disk is nearly full or cannot be written. */
    public boolean isSuspended() {
        return suspended;
    }

    /** What all histories take. */
    public long bytes() {
        return total.get();
    }

    void grown(long bytes) {
        total.addAndGet(bytes);
    }

    /** Whether so much more may be written now. */
    synchronized boolean admits(int bytes) {
        if (!keeps()) {
            return false;
        }
        sinceLook += bytes;
        long now = System.nanoTime();
        if (now - lookedNanos >= LOOK_EVERY_NANOS || (!suspended && sinceLook >= LOOK_EVERY_BYTES)) {
            lookedNanos = now;
            sinceLook = 0;
            look();
        }
        return !suspended;
    }

    private void look() {
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            suspend(
                    free < limits.minFreeBytes(),
                    free + " bytes are free, " + limits.minFreeBytes() + " are to stay so");
        } catch (IOException failure) {
            suspend(true, failure.toString());
        }
    }

    private void suspend(boolean now, String why) {
        if (now != suspended) {
            suspended = now;
            if (now) {
                LOG.error("What guests print is not kept any more, only shown: {}: {}", directory, why);
            } else {
                LOG.info("What guests print is kept again");
            }
        }
    }

    /** A write did not work: it is tried again in a second. */
    synchronized void failed(Path where, IOException failure) {
        lookedNanos = System.nanoTime();
        suspend(true, where + ": " + failure);
    }

    /** Drops the oldest files of all while all together take too much. To be called without holding a history. */
    public void shrink() {
        while (total.get() > limits.totalBytes()) {
            Optional<ConsoleHistory> next = histories.values().stream()
                    .filter(history -> history.oldest().isPresent())
                    .min(Comparator.comparing(history -> history.oldest().orElseThrow()))
                    .or(() -> histories.values().stream().max(Comparator.comparingLong(ConsoleHistory::bytes)));
            if (next.isEmpty() || next.get().bytes() == 0) {
                return;
            }
            next.get().shrink();
        }
    }

    @Override
    public void close() {
        histories.values().forEach(ConsoleHistory::rest);
    }
}
