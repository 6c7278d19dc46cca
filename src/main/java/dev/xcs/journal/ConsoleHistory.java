package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.ConsoleBoot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one domain has printed over all its boots, by offset: how many bytes it printed before, since it was made. The bytes are handed to the
 * operating system before {@link #append} returns, so a killed daemon loses none. What cannot be kept is counted all the same: offsets
 * always tell the truth, and a hole tells what is missing.
 *
 * <p>{@link #extent} may be asked from anywhere; all other methods block.
 */
public final class ConsoleHistory {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleHistory.class);
    private static final String INDEX = "index.json";
    /** A ring holds no more, so no more can have been kept before it was taken. */
    private static final int RING_BYTES = 2048;
    /** More than that was not lost, the guest has set the count. */
    private static final int MOST_LOST = 1 << 30;

    /**
     * What there is at a moment.
     *
     * @param first the oldest offset that is kept, the same as {@code next} when nothing is
     * @param next the offset that the next byte will have
     * @param boots those of which bytes are kept, oldest first, and always the newest
     */
    public record Extent(long first, long next, List<ConsoleBoot> boots) {
        public Extent {
            boots = List.copyOf(boots);
        }

        public int boot() {
            return boots.isEmpty() ? 0 : boots.get(boots.size() - 1).boot();
        }
    }

    /**
     * How a boot goes on.
     *
     * @param skip how many bytes of the ring are kept already: a daemon was killed before it had taken them
     * @param lost how many were taken and not kept
     */
    public record Resumption(int boot, int skip, int lost) {}

    /**
     * Some bytes.
     *
     * @param offset of the first of them; later than what was asked for when that is not kept any more
     * @param expired whether what is missing has made room for newer; otherwise it is lost
     */
    public record Span(long offset, byte[] bytes, boolean expired) {}

    private final Path directory;
    private final ConsoleLog log;
    private final ObjectMapper json;
    private final List<ConsoleSegment> segments = new ArrayList<>();
    private ConsoleIndex index = ConsoleIndex.EMPTY;
    private @Nullable FileChannel channel;
    private long next;
    private boolean dropped;
    private volatile Extent extent = new Extent(0, 0, List.of());

    ConsoleHistory(Path directory, ConsoleLog log, ObjectMapper json) {
        this.directory = directory;
        this.log = log;
        this.json = json;
    }

    /** Takes up what is on disk. */
    synchronized void load() throws IOException {
        index = readIndex();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(ConsoleSegment::isSegment).sorted().toList()) {
                adopt(ConsoleSegment.of(file));
            }
        }
        if (!index.hostBoot().equals(log.hostBoot())) {
            cutZeros();
            index = index.anchored(null);
        }
        segments.removeIf(segment -> segment.bytes() == 0);
        next = Math.max(index.next(), segments.isEmpty() ? 0 : last().end());
        log.grown(kept());
        show();
    }

    /** A file that was cut and could not be shortened ends where the next begins. */
    private void adopt(ConsoleSegment segment) {
        if (!segments.isEmpty() && last().end() > segment.first()) {
            ConsoleSegment longer = segments.remove(segments.size() - 1);
            segments.add(longer.withBytes(segment.first() - longer.first()));
        }
        segments.add(segment);
    }

    /** After the host has gone down: its end was never on the disk. The length is, so the offsets go on behind it. */
    private void cutZeros() throws IOException {
        if (segments.isEmpty()) {
            return;
        }
        ConsoleSegment newest = segments.remove(segments.size() - 1);
        long good = newest.bytesBeforeZeros();
        index = index.at(Math.max(index.next(), newest.end()), log.hostBoot());
        segments.add(newest.withBytes(good));
        if (good < newest.bytes()) {
            LOG.warn("{} bytes at the end of {} were lost with the host", newest.bytes() - good, newest.file());
        }
    }

    private ConsoleIndex readIndex() throws IOException {
        Path file = directory.resolve(INDEX);
        try {
            return json.readValue(Files.readAllBytes(file), ConsoleIndex.class);
        } catch (NoSuchFileException none) {
            return ConsoleIndex.EMPTY;
        } catch (com.fasterxml.jackson.core.JacksonException damaged) {
            LOG.warn("{} cannot be read, so the boots before now are not told apart: {}", file, damaged.getMessage());
            return ConsoleIndex.EMPTY;
        }
    }

    private ConsoleSegment last() {
        return segments.get(segments.size() - 1);
    }

    private long kept() {
        return segments.stream().mapToLong(ConsoleSegment::bytes).sum();
    }

    private void show() {
        long first = segments.isEmpty() ? next : segments.get(0).first();
        extent = new Extent(first, next, index.from(first).boots());
    }

    public Extent extent() {
        return extent;
    }

    /**
     * A ring is about to be read. The boot that was read before goes on where it stood, another begins.
     *
     * @param adopted whether the boot is older than this daemon
     * @param taken how many bytes the ring has counted as taken
     */
    public synchronized Resumption begin(int domid, boolean adopted, int taken) {
        ConsoleIndex.Anchor anchor = index.anchor();
        boolean same = adopted
                && !index.boots().isEmpty()
                && index.boots().get(index.boots().size() - 1).domid() == domid;
        int ahead = anchor == null || anchor.domid() != domid ? 0 : taken - anchor.takenAt(next);
        int skip = same && ahead < 0 && ahead >= -RING_BYTES ? -ahead : 0;
        int lost = same && ahead > 0 && ahead <= MOST_LOST ? ahead : 0;
        if (same) {
            next += lost;
            index = index.anchored(new ConsoleIndex.Anchor(domid, next, taken + skip));
        } else {
            index = index.booted(domid, next, taken, Instant.now());
        }
        writeIndex();
        show();
        return new Resumption(index.boot(), skip, lost);
    }

    /** The guest has set the count of its ring: it tells nothing any more. */
    public synchronized void disturbed() {
        if (index.anchor() != null) {
            index = index.anchored(null);
            writeIndex();
        }
    }

    /** Keeps bytes, as far as there is room; gives the offset of the first. */
    public synchronized long append(byte[] bytes, int from, int length) {
        long offset = next;
        next += length;
        if (!dropped && length > 0 && log.admits(length)) {
            try {
                write(offset, ByteBuffer.wrap(bytes, from, length));
                log.grown(length);
            } catch (IOException failure) {
                closeChannel();
                log.failed(directory, failure);
            }
            trim(log.limits().perDomainBytes());
        } else {
            // What comes next does not continue the file.
            closeChannel();
        }
        show();
        return offset;
    }

    /** The same if the first is to have this offset; otherwise nothing is kept, and false is given. */
    public synchronized boolean goOn(long offset, byte[] bytes, int from, int length) {
        boolean follows = offset == next;
        if (follows) {
            append(bytes, from, length);
        }
        return follows;
    }

    private void write(long offset, ByteBuffer rest) throws IOException {
        FileChannel open = channel;
        if (open == null || last().bytes() >= log.limits().segmentBytes()) {
            open = roll(offset);
        }
        long at = last().bytes();
        while (rest.hasRemaining()) {
            at += open.write(rest, at);
        }
        segments.set(segments.size() - 1, last().withBytes(at));
    }

    private FileChannel roll(long offset) throws IOException {
        closeChannel();
        ConsoleLog.prepare(directory);
        Path file = ConsoleSegment.file(directory, offset);
        FileChannel made = ConsoleSegment.create(file);
        segments.removeIf(segment -> segment.first() == offset);
        segments.add(new ConsoleSegment(file, offset, 0));
        channel = made;
        return made;
    }

    private void trim(long limit) {
        long total = kept();
        while (segments.size() > 1 && total > limit) {
            total -= segments.get(0).bytes();
            removeOldest();
        }
    }

    private void removeOldest() {
        ConsoleSegment oldest = segments.remove(0);
        log.grown(-oldest.bytes());
        try {
            Files.deleteIfExists(oldest.file());
        } catch (IOException failure) {
            LOG.warn("{} could not be removed: {}", oldest.file(), failure.toString());
        }
    }

    /** How old its oldest file is, if it can do without it. */
    synchronized Optional<Instant> oldest() {
        try {
            return segments.size() < 2
                    ? Optional.empty()
                    : Optional.of(
                            Files.getLastModifiedTime(segments.get(0).file()).toInstant());
        } catch (IOException gone) {
            return Optional.of(Instant.EPOCH);
        }
    }

    /** Makes room for others; the newest file goes only when it is the only one. */
    synchronized void shrink() {
        if (segments.size() == 1) {
            closeChannel();
        }
        if (!segments.isEmpty()) {
            removeOldest();
            show();
        }
    }

    synchronized long bytes() {
        return kept();
    }

    /** The first bytes that are kept from an offset on, at most so many; none when there are none. */
    public Span read(long from, int atMost) throws IOException {
        while (true) {
            ConsoleSegment holder = null;
            long first;
            long end;
            synchronized (this) {
                first = segments.isEmpty() ? next : segments.get(0).first();
                end = next;
                for (ConsoleSegment segment : segments) {
                    if (segment.end() > from && segment.bytes() > 0) {
                        holder = segment;
                        break;
                    }
                }
            }
            boolean expired = from < first;
            if (holder == null) {
                return new Span(Math.max(from, end), new byte[0], expired);
            }
            long begin = Math.max(from, holder.first());
            try {
                return new Span(begin, holder.read(begin, atMost), expired);
            } catch (NoSuchFileException trimmed) {
                if (extent.first() <= begin) {
                    throw trimmed;
                }
            }
        }
    }

    /** The offset from which on nothing is missing between two offsets: the first hole in between, or the second of them. */
    public synchronized long holeAfter(long from, long to) {
        long good = from;
        for (ConsoleSegment segment : segments) {
            if (segment.first() <= good && segment.end() > good) {
                good = segment.end();
            }
        }
        return Math.min(good, to);
    }

    private void writeIndex() {
        index = index.at(next, log.hostBoot()).from(extent.first());
        if (dropped || !log.keeps()) {
            return;
        }
        try {
            ConsoleLog.prepare(directory);
            Path fresh = directory.resolve(INDEX + ".new");
            Files.write(fresh, json.writeValueAsBytes(index));
            Files.move(
                    fresh,
                    directory.resolve(INDEX),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            log.failed(directory, failure);
        }
    }

    private void closeChannel() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** Nothing more comes for now: its file is closed, and what it has is what it will have at the next start. */
    public synchronized void rest() {
        closeChannel();
        writeIndex();
    }

    /** Removes it from the disk; what comes all the same is not kept. */
    synchronized void drop() {
        dropped = true;
        closeChannel();
        while (!segments.isEmpty()) {
            removeOldest();
        }
        show();
        try {
            if (Files.isDirectory(directory)) {
                Files.deleteIfExists(directory.resolve(INDEX));
                Files.deleteIfExists(directory.resolve(INDEX + ".new"));
                Files.deleteIfExists(directory);
            }
        } catch (IOException failure) {
            LOG.warn("{} could not be removed: {}", directory, failure.toString());
        }
    }
}
