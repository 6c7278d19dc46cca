package dev.xcs.journal;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.ControlMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

    /** Appends messages whose sequence numbers go on from {@link #next()}; after an exception that says how many were. */
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
        for (int from = 0; from < records.size(); ) {
            from = appendToSegment(records, from);
        }
        trim();
    }

    /** Appends as many as the newest segment is to hold, in one write; gives the index of the first that is left. */
    private int appendToSegment(List<byte[]> records, int from) throws IOException {
        if (segments.getLast().bytes() >= limits.segmentBytes()) {
            EventSegment full = segments.getLast();
            full.sync();
            segments.add(EventSegment.create(directory, full.next()));
        }
        long room = limits.segmentBytes() - segments.getLast().bytes();
        int to = from;
        while (to < records.size() && room > 0) {
            room -= EventSegment.RECORD_HEADER + records.get(to++).length;
        }
        segments.getLast().append(records.subList(from, to));
        return to;
    }

    /**
     * Hands over the messages after a sequence number, oldest first, until the reader says false. Nobody who appends waits for it; so
     * what is dropped meanwhile ends it early.
     */
    public void read(long after, Predicate<ControlMessage> reader) throws IOException {
        try {
            for (EventSegment.Span span : spans(after)) {
                if (!span.read(record -> reader.test(parse(record)))) {
                    return;
                }
            }
        } catch (ClosedChannelException dropped) {
            if (after + 1 >= first()) {
                throw dropped;
            }
        }
    }

    private synchronized List<EventSegment.Span> spans(long after) {
        return segments.stream()
                .filter(segment -> segment.next() > after + 1)
                .map(segment -> segment.from(after + 1))
                .toList();
    }

    /** The last sequence number whose message is older than a time, {@code first() - 1} if none is. Times are taken to grow. */
    public long before(Instant time) throws IOException {
        long from = first();
        long to = next();
        while (from < to) {
            long middle = from + (to - from) / 2;
            if (isBefore(middle, time)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from - 1;
    }

    private boolean isBefore(long sequence, Instant time) throws IOException {
        boolean[] older = {true};
        read(sequence - 1, message -> {
            older[0] = message.time().isBefore(time);
            return false;
        });
        return older[0];
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
    public void sync() throws IOException {
        EventSegment newest;
        synchronized (this) {
            newest = segments.getLast();
        }
        // Without the lock: who appends must not wait for the disk.
        newest.sync();
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
