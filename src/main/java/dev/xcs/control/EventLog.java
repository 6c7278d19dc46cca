package dev.xcs.control;

import dev.xcs.journal.EventJournal;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers messages, journals them in batches (whatever came while the last batch was written is the next one), and only then shows them to
 * readers: nobody sees what a crash could take back. Readers pull, so a slow one holds nothing but its own place. Lives on one event loop.
 */
final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
    /** Messages kept in memory: some seconds at the rate of the budget, 10,000 a second. */
    private static final int RECENT = 1 << 15;
    /** Beyond this many unwritten messages the disk is not keeping up at all. */
    private static final int MAX_UNWRITTEN = 1 << 16;

    private final Vertx vertx;
    private final EventJournal journal;
    private final WorkerExecutor writer;
    private final WorkerExecutor reader;
    private final RecentMessages recent;
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private final ControlMeters counts;
    private List<ControlMessage> unwritten = new ArrayList<>();
    /** Shown already, but not on disk, because writing failed: goes first with the next batch. */
    private List<ControlMessage> backlog = List.of();

    private long nextSequence;
    private boolean writing;
    private boolean syncing;
    private boolean closed;

    EventLog(Vertx vertx, EventJournal journal, MeterRegistry meters) {
        this.vertx = vertx;
        this.journal = journal;
        this.writer = vertx.createSharedWorkerExecutor("xcs-journal-write", 1, 1, TimeUnit.MINUTES);
        this.reader = vertx.createSharedWorkerExecutor("xcs-journal-read", 3, 1, TimeUnit.MINUTES);
        this.nextSequence = journal.next();
        this.recent = new RecentMessages(RECENT, nextSequence);
        this.counts = new ControlMeters(meters);
        Gauge.builder("xcs.journal.size.bytes", journal, EventJournal::bytes)
                .description("Size of the event journal on disk")
                .register(meters);
    }

    /** One reader that waits for the next message it wants. */
    private record Waiter(Predicate<ControlMessage> wanted, long[] after, int max, Promise<EventBatch> promise) {}

    void add(ControlMessage message) {
        if (closed || unwritten.size() + backlog.size() >= MAX_UNWRITTEN) {
            counts.dropped();
            return;
        }
        unwritten.add(message.withSequence(nextSequence++));
        counts.numbered(message);
        if (!writing) {
            write();
        }
    }

    private void write() {
        List<ControlMessage> batch = unwritten;
        List<ControlMessage> due = withBacklog(batch);
        unwritten = new ArrayList<>();
        writing = true;
        writer.executeBlocking(append(due)).onComplete(done -> {
            writing = false;
            backlog = done.succeeded() ? List.of() : notWritten(due);
            if (done.failed()) {
                counts.notWritten();
                LOG.error("The event journal cannot be written; {} are in memory only", backlog.size(), done.cause());
            }
            show(batch);
            serveWaiters();
            if (done.succeeded() && !unwritten.isEmpty()) {
                write();
            }
        });
    }

    private List<ControlMessage> notWritten(List<ControlMessage> due) {
        long next = journal.next();
        return due.stream().filter(message -> message.sequence() >= next).toList();
    }

    private void show(List<ControlMessage> batch) {
        Instant now = Instant.now();
        for (ControlMessage message : batch) {
            recent.add(message);
            counts.shown(message, now);
        }
    }

    private List<ControlMessage> withBacklog(List<ControlMessage> batch) {
        if (backlog.isEmpty()) {
            return batch;
        }
        List<ControlMessage> all = new ArrayList<>(backlog);
        all.addAll(batch);
        return all;
    }

    private Callable<Long> append(List<ControlMessage> batch) {
        return () -> {
            journal.append(batch);
            return journal.next();
        };
    }

    private void serveWaiters() {
        for (Waiter waiter : List.copyOf(waiters)) {
            if (!recent.reaches(waiter.after[0])) {
                waiters.remove(waiter);
                fromDisk(waiter.wanted, waiter.after[0], waiter.max).onComplete(waiter.promise);
                continue;
            }
            EventBatch batch = recent.read(waiter.wanted, waiter.after[0], waiter.max);
            waiter.after[0] = batch.upTo();
            if (!batch.messages().isEmpty()) {
                waiters.remove(waiter);
                waiter.promise.tryComplete(batch);
            }
        }
    }

    /** The next wanted messages after a sequence number: at once if there are any, else when one comes or the wait is over. */
    Future<EventBatch> await(Predicate<ControlMessage> wanted, long after, int max, long waitMillis) {
        if (!recent.reaches(after)) {
            return fromDisk(wanted, after, max);
        }
        EventBatch batch = recent.read(wanted, after, max);
        if (!batch.messages().isEmpty() || waitMillis <= 0) {
            return Future.succeededFuture(batch);
        }
        Waiter waiter = new Waiter(wanted, new long[] {batch.upTo()}, max, Promise.promise());
        waiters.add(waiter);
        long timer = vertx.setTimer(waitMillis, id -> {
            waiters.remove(waiter);
            waiter.promise.tryComplete(new EventBatch(List.of(), waiter.after[0], 0, 0));
        });
        return waiter.promise.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    private Future<EventBatch> fromDisk(Predicate<ControlMessage> wanted, long after, int max) {
        // Not what is on disk but not shown yet: who binds now is owed that.
        long end = recent.next();
        return reader.executeBlocking(() -> read(wanted, after, max, end), false)
                .onSuccess(batch -> {
                    if (batch.hasGap()) {
                        counts.gap();
                    }
                });
    }

    private EventBatch read(Predicate<ControlMessage> wanted, long after, int max, long end) throws IOException {
        long oldest = journal.first();
        boolean lost = after + 1 < oldest;
        long start = lost ? oldest - 1 : after;
        List<ControlMessage> found = new ArrayList<>();
        long[] upTo = {start};
        int[] examined = {0};
        journal.read(start, message -> {
            if (message.sequence() >= end || message.sequence() != upTo[0] + 1) {
                // The second: what was next has been dropped just now. Who asks again is told of the gap.
                return false;
            }
            upTo[0] = message.sequence();
            if (wanted.test(message)) {
                found.add(message);
            }
            return found.size() < max && ++examined[0] < RECENT;
        });
        return new EventBatch(found, upTo[0], lost ? after + 1 : 0, lost ? oldest - 1 : 0);
    }

    /** The last sequence number before a time. */
    Future<Long> before(Instant time) {
        return reader.executeBlocking(() -> journal.before(time), false);
    }

    /** The newest message in the journal that is wanted; looks through all of it if need be. */
    Future<Optional<ControlMessage>> newest(Predicate<ControlMessage> wanted) {
        long end = next();
        return reader.executeBlocking(
                () -> {
                    for (long to = end; to > journal.first(); to -= RECENT) {
                        Optional<ControlMessage> found = newest(wanted, to - RECENT, to);
                        if (found.isPresent()) {
                            return found;
                        }
                    }
                    return Optional.empty();
                },
                false);
    }

    private Optional<ControlMessage> newest(Predicate<ControlMessage> wanted, long from, long to) throws IOException {
        List<ControlMessage> newest = new ArrayList<>(1);
        journal.read(from - 1, message -> {
            if (message.sequence() < to && wanted.test(message)) {
                newest.clear();
                newest.add(message);
            }
            return message.sequence() < to;
        });
        return newest.stream().findFirst();
    }

    long first() {
        return journal.first();
    }

    /** The number the next message will have. */
    long next() {
        return recent.next();
    }

    /** Brings the journal to the disk, tries again what could not be written, and drops what is beyond the limits. */
    void syncAndTrim() {
        if (!writing && (!unwritten.isEmpty() || !backlog.isEmpty())) {
            write();
        }
        if (syncing || closed) {
            return;
        }
        syncing = true;
        // By a reading thread: what is written next does not wait for the disk.
        reader.executeBlocking(
                        () -> {
                            journal.sync();
                            journal.trim();
                            return journal.next();
                        },
                        false)
                .onComplete(done -> syncing = false)
                .onFailure(failure -> LOG.error("The event journal cannot be synchronised", failure));
    }

    /** Ends when everything that was numbered is on disk. */
    Future<Void> close() {
        closed = true;
        waiters.forEach(waiter -> waiter.promise.tryComplete(new EventBatch(List.of(), waiter.after[0], 0, 0)));
        waiters.clear();
        List<ControlMessage> rest = withBacklog(unwritten);
        unwritten = new ArrayList<>();
        return writer.executeBlocking(append(rest))
                .transform(done -> writer.executeBlocking(() -> {
                    journal.close();
                    return true;
                }))
                .eventually(writer::close)
                .eventually(reader::close)
                .mapEmpty();
    }
}
