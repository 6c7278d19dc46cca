package dev.xcs.control;

import static dev.xcs.testing.BusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.bus.Json;
import dev.xcs.journal.EventJournal;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.EventBatch;
import dev.xcs.testing.BusFixture;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
    private static final UUID DOMAIN = UUID.randomUUID();
    private static final int MORE_THAN_MEMORY = 40_000;

    @TempDir
    Path directory;

    private final BusFixture fixture = new BusFixture();
    private final Context context = fixture.vertx().getOrCreateContext();
    private EventJournal journal;
    private EventLog log;

    @BeforeEach
    void open() throws IOException {
        open(directory, 1 << 22);
    }

    private void open(Path where, long maxBytes) throws IOException {
        journal = EventJournal.open(
                where,
                new EventJournal.Limits(1 << 20, maxBytes, Duration.ofDays(1)),
                Json.mapper(),
                Clock.systemUTC());
        log = onLoop(() -> Future.succeededFuture(new EventLog(fixture.vertx(), journal, fixture.metrics())));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void numbersWithoutGapsAndShowsOnlyWhatIsInTheJournal() {
        add(1000);
        EventBatch batch = collect(0, 1000);
        assertThat(batch.messages().stream().map(ControlMessage::sequence))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 1000).boxed().toList());
        assertThat(journal.next()).isGreaterThan(batch.upTo());
    }

    @Test
    void aReaderThatWaitsIsGivenTheFirstMessageItWants() {
        Future<EventBatch> waiting =
                onLoop(() -> Future.succeededFuture(log.await(m -> m.sequence() == 5, 0, 10, 30_000)));
        add(7);
        assertThat(await(waiting).messages())
                .extracting(ControlMessage::sequence)
                .containsExactly(5L);
    }

    @Test
    void aWaitThatIsOverSaysHowFarItLooked() {
        add(3);
        collect(0, 3);
        EventBatch empty = onLoop(() -> log.await(m -> false, 0, 10, 50));
        assertThat(empty.messages()).isEmpty();
        assertThat(empty.upTo()).isEqualTo(3);
    }

    @Test
    void aSlowReaderIsServedFromDiskWithEveryMessage() throws IOException {
        open(directory.resolve("large"), 1 << 26);
        add(MORE_THAN_MEMORY);
        collect(MORE_THAN_MEMORY - 1, 1);
        List<Long> seen = new ArrayList<>();
        long after = 1_000;
        while (after < MORE_THAN_MEMORY) {
            long from = after;
            EventBatch batch = onLoop(() -> log.await(m -> true, from, 5_000, 1000));
            batch.messages().forEach(m -> seen.add(m.sequence()));
            after = batch.upTo();
        }
        assertThat(seen)
                .isEqualTo(
                        LongStream.rangeClosed(1_001, MORE_THAN_MEMORY).boxed().toList());
    }

    @Test
    void saysExactlyWhatTheJournalNoLongerHas() {
        add(MORE_THAN_MEMORY);
        collect(MORE_THAN_MEMORY - 1, 1);
        assertThat(journal.first()).as("the journal is too small for all").isGreaterThan(1);
        EventBatch batch = onLoop(() -> log.await(m -> true, 0, 10, 1000));
        assertThat(batch.lostFrom()).isEqualTo(1);
        assertThat(batch.messages().get(0).sequence()).isEqualTo(batch.lostTo() + 1);
    }

    @Test
    void everythingIsInTheJournalWhenItIsClosed() throws IOException {
        add(500);
        onLoop(() -> log.close());
        try (EventJournal again = EventJournal.open(
                directory,
                new EventJournal.Limits(1 << 20, 1 << 22, Duration.ofDays(1)),
                Json.mapper(),
                Clock.systemUTC())) {
            assertThat(again.next()).isEqualTo(501);
        }
    }

    private void add(int count) {
        onLoop(() -> {
            for (int i = 0; i < count; i++) {
                log.add(ControlMessage.about(
                        DOMAIN, 1, ControlSubtype.CONSOLE_ACTIVITY, new ControlPayload.ConsoleActivity(1, i)));
            }
            return Future.succeededFuture(count);
        });
    }

    /** Waits until this many have come after a place. */
    private EventBatch collect(long after, int count) {
        List<ControlMessage> all = new ArrayList<>();
        long at = after;
        while (all.size() < count) {
            long from = at;
            EventBatch batch = onLoop(() -> log.await(m -> true, from, count, 10_000));
            assertThat(batch.messages()).as("messages after " + from).isNotEmpty();
            all.addAll(batch.messages());
            at = batch.upTo();
        }
        return new EventBatch(all, at, 0, 0);
    }

    private <T> T onLoop(Supplier<Future<T>> work) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(done));
        return await(done.future());
    }
}
