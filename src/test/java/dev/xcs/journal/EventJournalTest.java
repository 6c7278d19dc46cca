package dev.xcs.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.bus.Json;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventJournalTest {
    private static final EventJournal.Limits LARGE = new EventJournal.Limits(1 << 20, 1 << 24, Duration.ofDays(7));
    private static final UUID DOMAIN = UUID.randomUUID();

    @TempDir
    Path directory;

    @Test
    void givesBackWhatWasAppendedInOrder() throws IOException {
        try (EventJournal journal = open(LARGE)) {
            journal.append(messages(1, 1000));
            assertThat(read(journal, 0)).isEqualTo(messages(1, 1000));
            assertThat(read(journal, 129)).isEqualTo(messages(130, 1000));
            assertThat(read(journal, 1000)).isEmpty();
        }
    }

    @Test
    void goesOnWhereItStoppedAfterItWasClosed() throws IOException {
        try (EventJournal journal = open(LARGE)) {
            journal.append(messages(1, 3));
        }
        try (EventJournal journal = open(LARGE)) {
            assertThat(journal.next()).isEqualTo(4);
            journal.append(messages(4, 5));
            assertThat(read(journal, 0)).isEqualTo(messages(1, 5));
        }
    }

    @Test
    void refusesASequenceThatIsNotTheNext() throws IOException {
        try (EventJournal journal = open(LARGE)) {
            assertThatThrownBy(() -> journal.append(messages(2, 2))).hasMessageContaining("expected 1");
        }
    }

    @Test
    void dropsATornLastRecordAtEveryPlaceItCanBeTorn() throws IOException {
        Path file;
        long two;
        try (EventJournal journal = open(LARGE)) {
            journal.append(messages(1, 2));
            two = journal.bytes();
            journal.append(messages(3, 3));
            file = segments().get(0);
        }
        byte[] whole = Files.readAllBytes(file);
        for (long size = two; size < whole.length; size++) {
            Files.write(file, java.util.Arrays.copyOf(whole, (int) size));
            try (EventJournal journal = open(LARGE)) {
                assertThat(journal.next()).isEqualTo(3);
                journal.append(messages(3, 4));
                assertThat(read(journal, 0)).isEqualTo(messages(1, 4));
            }
        }
    }

    @Test
    void aFlippedBitEndsTheJournalThere() throws IOException {
        try (EventJournal journal = open(LARGE)) {
            journal.append(messages(1, 3));
        }
        Path file = segments().get(0);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(raw.length() - 3);
            int was = raw.read();
            raw.seek(raw.length() - 3);
            raw.write(was ^ 1);
        }
        try (EventJournal journal = open(LARGE)) {
            assertThat(read(journal, 0)).isEqualTo(messages(1, 2));
        }
    }

    @Test
    void dropsWholeSegmentsBeyondItsSizeAndSaysWhereItBegins() throws IOException {
        EventJournal.Limits small = new EventJournal.Limits(2_000, 10_000, Duration.ofDays(7));
        try (EventJournal journal = open(small)) {
            for (int i = 1; i <= 500; i++) {
                journal.append(messages(i, i));
            }
            assertThat(journal.bytes()).isLessThan(13_000);
            assertThat(journal.first()).isGreaterThan(1);
            assertThat(read(journal, 0)).isEqualTo(messages(journal.first(), 500));
        }
    }

    @Test
    void dropsSegmentsThatAreTooOldButKeepsCounting() throws IOException {
        EventJournal.Limits young = new EventJournal.Limits(2_000, 1 << 24, Duration.ofHours(1));
        try (EventJournal journal = open(young)) {
            for (int i = 1; i <= 100; i++) {
                journal.append(messages(i, i));
            }
        }
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofHours(2)), ZoneOffset.UTC);
        try (EventJournal journal = EventJournal.open(directory, young, Json.mapper(), later)) {
            journal.trim();
            assertThat(segments()).hasSize(1);
            assertThat(journal.next()).isEqualTo(101);
        }
    }

    private EventJournal open(EventJournal.Limits limits) throws IOException {
        return EventJournal.open(directory, limits, Json.mapper(), Clock.systemUTC());
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static List<ControlMessage> read(EventJournal journal, long after) throws IOException {
        List<ControlMessage> all = new ArrayList<>();
        journal.read(after, all::add);
        return all;
    }

    private static List<ControlMessage> messages(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(i -> new ControlMessage(
                        i,
                        Instant.ofEpochMilli(i),
                        DOMAIN,
                        5,
                        ControlSubtype.MEM_REQUEST_SET,
                        new ControlPayload.Memory(i),
                        null,
                        "test"))
                .toList();
    }
}
