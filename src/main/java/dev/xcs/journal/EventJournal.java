package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.ControlMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Every control message in order, on disk. A message is handed to the operating system before {@link #append} returns, so it survives a
 * killed daemon; {@link #sync} brings it to the disk, so that what a power cut can take is what came after the last call. A torn last
 * record is dropped when the journal is opened. Whole segments are dropped from the old end, beyond the size or the age allowed.
 *
 * <p>Blocking; safe for several threads.
 */
public final class EventJournal implements AutoCloseable {
    /**
     * @param segmentBytes a new file is begun beyond this
     * @param maxBytes old segments are dropped beyond this, the newest is always kept
     * @param maxAge segments whose newest message is older are dropped
     */
    public record Limits(long segmentBytes, long maxBytes, Duration maxAge) {}

    private final Path directory;
    private final Limits limits;
    private final ObjectMapper json;
    private final Clock clock;
    private final Deque<EventSegment> segments = new ArrayDeque<>();

    private EventJournal(Path directory, Limits limits, ObjectMapper json, Clock clock) {
        this.directory = directory;
        this.limits = limits;
        this.json = json;
        this.clock = clock;
    }

    /** Opens the journal of a directory, made with mode 0700 when it is not there. */
    public static EventJournal open(Path directory, Limits limits, ObjectMapper json, Clock clock) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        EventJournal journal = new EventJournal(directory, limits, json, clock);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(EventSegment::isSegment).sorted().toList()) {
                journal.adopt(EventSegment.open(file));
            }
        }
        if (journal.segments.isEmpty()) {
            journal.segments.add(EventSegment.create(directory, 1));
        }
        return journal;
    }

    /** A segment that does not continue the one before makes everything before it unreachable: a gap must not look like none. */
    private void adopt(EventSegment segment) throws IOException {
        if (!segments.isEmpty() && segments.getLast().next() != segment.first()) {
            while (!segments.isEmpty()) {
                segments.removeFirst().delete();
            }
        }
        segments.add(segment);
    }

    /** Appends messages whose sequence numbers go on from {@link #next()}; all or, with an exception, none. */
    public synchronized void append(List<ControlMessage> messages) throws IOException {
        if (messages.isEmpty()) {
            return;
        }
        if (messages.get(0).sequence() != next()) {
            throw new IllegalArgumentException("sequence " + messages.get(0).sequence() + ", expected " + next());
        }
        List<byte[]> records = new ArrayList<>(messages.size());
        for (ControlMessage message : messages) {
            records.add(json.writeValueAsBytes(message));
        }
        if (segments.getLast().bytes() >= limits.segmentBytes()) {
            EventSegment full = segments.getLast();
            full.sync();
            segments.add(EventSegment.create(directory, full.next()));
        }
        segments.getLast().append(records);
        trim();
    }

    /** Hands over the messages after a sequence number, oldest first, until the reader says false. */
    public synchronized void read(long after, Predicate<ControlMessage> reader) throws IOException {
        for (EventSegment segment : segments) {
            if (segment.next() > after + 1 && !segment.read(after + 1, record -> reader.test(parse(record)))) {
                return;
            }
        }
    }

    private ControlMessage parse(byte[] record) {
        try {
            return json.readValue(record, ControlMessage.class);
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    /** The oldest sequence number that can still be read; equals {@link #next()} when there is none. */
    public synchronized long first() {
        return segments.getFirst().first();
    }

    /** The sequence number that comes next; the first ever is 1. */
    public synchronized long next() {
        return segments.getLast().next();
    }

    public synchronized long bytes() {
        return segments.stream().mapToLong(EventSegment::bytes).sum();
    }

    /** Brings what was appended to the disk. */
    public synchronized void sync() throws IOException {
        segments.getLast().sync();
    }

    /** Drops what is beyond the limits. */
    public synchronized void trim() throws IOException {
        long total = bytes();
        while (segments.size() > 1) {
            EventSegment oldest = segments.getFirst();
            boolean tooOld =
                    clock.millis() - oldest.modifiedMillis() > limits.maxAge().toMillis();
            if (total <= limits.maxBytes() && !tooOld) {
                return;
            }
            total -= oldest.bytes();
            segments.removeFirst().delete();
        }
    }

    @Override
    public synchronized void close() {
        segments.forEach(EventSegment::close);
    }
}
